"""What biases and the stabiliser absorb of the relevance, graph by graph."""

from typing import Literal

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.relevance.lrp.change import change

Absorber = Literal["bias", "epsilon"]


class Ledger:
    """Gates of value 1 on everything that absorbs relevance.

    The gradient of an embedding coordinate with respect to a gate is what was absorbed there.

    Args:
        inputs: The graphs. Their numbers of nodes, edges and graphs must differ: the number of rows
            of a tensor tells what its rows are. Rows may also be edges whose loops a layer has
            replaced by one at each node, at the end.
        dtype: Type of the embeddings.

    Attributes:
        gates: ``[num_graphs]`` by absorber: ``"bias"`` multiplies every bias, and ``"epsilon"``
            every stabiliser.
        complete: Whether all amounts met so far were booked. An amount of several graphs is left
            out if its rows are neither nodes, edges nor graphs.
    """

    def __init__(self, inputs: GraphInputs, dtype: torch.dtype) -> None:
        ones = torch.ones(inputs.num_graphs, dtype=dtype, device=inputs.batch.device)
        self.gates: dict[str, Tensor] = {
            "bias": ones.clone().requires_grad_(),
            "epsilon": ones.clone().requires_grad_(),
        }
        self.complete = True
        self._alone = inputs.num_graphs == 1
        graphs = torch.arange(inputs.num_graphs, device=inputs.batch.device)
        looped = torch.cat([inputs.edge_graph[~inputs.loops], inputs.batch])
        self._graph_of_row = {
            len(looped): looped,
            inputs.edge_index.size(1): inputs.edge_graph,
            len(graphs): graphs,
            len(inputs.batch): inputs.batch,
        }

    def book(self, out: Tensor, amount: Tensor, absorber: Absorber) -> Tensor:
        """Give ``out`` the gradient of an absorbed amount, and leave its value.

        Args:
            out: What the amount is part of, ``[rows, ..., K]``.
            amount: What is absorbed, ``[K]`` or ``[rows, ..., K]``.
            absorber: What absorbs it.

        Returns:
            A tensor equal to ``out``.
        """
        graph = self._graph_of_row.get(out.size(0))
        if self._alone:
            graph = torch.zeros(out.size(0), dtype=torch.long, device=out.device)
        if graph is None:
            self.complete = False
            return out
        gate = self.gates[absorber][graph].view(-1, *[1] * (out.dim() - 1))  # [rows, 1, ...]
        return out + change(amount.detach() * gate)
