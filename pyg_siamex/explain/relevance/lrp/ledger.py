"""What biases and the stabiliser absorb of the relevance, graph by graph."""

from typing import Literal

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.relevance.lrp.change import change
from pyg_siamex.explain.relevance.node_shares import NodeShares

Absorber = Literal["bias", "epsilon"]


class Ledger:
    """Gates of value 1 on everything that absorbs relevance.

    The gradient of an embedding coordinate with respect to a gate is what was absorbed there.

    Args:
        inputs: The graphs. Their numbers of nodes, edges and graphs must differ: the number of rows
            of a tensor tells what its rows are. Rows may also be edges whose loops a layer has
            replaced by one at each node, at the end.
        dtype: Type of the embeddings.
        nodes: What biases absorb belongs to the node where they do: gates of nodes, ``[N]``, and
            the nodes of rows. Default: it is booked by graph.

    Attributes:
        gates: ``[num_graphs]`` by absorber: ``"bias"`` multiplies every bias that does not belong
            to a node, and ``"epsilon"`` every stabiliser.
        complete: Whether all amounts met so far were booked. An amount of several graphs is left
            out if its rows are neither nodes, edges nor graphs.
    """

    def __init__(
        self,
        inputs: GraphInputs,
        dtype: torch.dtype,
        nodes: tuple[Tensor, NodeShares] | None = None,
    ) -> None:
        ones = torch.ones(inputs.num_graphs, dtype=dtype, device=inputs.batch.device)
        absorbers = ("epsilon",) if nodes is not None else ("bias", "epsilon")
        self.gates: dict[str, Tensor] = {name: ones.clone().requires_grad_() for name in absorbers}
        self.complete: bool = True
        self.of_nodes = nodes
        self._alone = inputs.num_graphs == 1
        graphs = torch.arange(inputs.num_graphs, device=inputs.batch.device)
        looped = torch.cat([inputs.edge_graph[~inputs.loops], inputs.batch])
        self._graph_of_row = {
            len(looped): looped,
            inputs.edge_index.size(1): inputs.edge_graph,
            len(graphs): graphs,
            len(inputs.batch): inputs.batch,
        }

    def book(
        self, out: Tensor, amount: Tensor, absorber: Absorber, side_by_side: bool = False
    ) -> Tensor:
        """Give ``out`` the gradient of an absorbed amount, and leave its value.

        Args:
            out: What the amount is part of, ``[rows, ..., K]``.
            amount: What is absorbed, ``[K]`` or ``[rows, ..., K]``.
            absorber: What absorbs it.
            side_by_side: Whether a row is a graph with the values of its nodes side by side.

        Returns:
            A tensor equal to ``out``.
        """
        if absorber == "bias" and self.of_nodes is not None:
            gate = self._node_gate(*self.of_nodes, out, side_by_side)
        else:
            gate = self._graph_gate(out, absorber)
        if gate is None:
            self.complete = False
            return out
        return out + change(amount.detach() * gate)

    def placed(self, constant: Tensor) -> Tensor:
        """A constant with the gradient of the gates of the nodes that its rows belong to.

        Args:
            constant: What is added, ``[rows, ..., K]``.

        Returns:
            A tensor equal to it, without gradient where biases do not belong to nodes or the number
            of rows does not say what they are.
        """
        constant = constant.detach()
        if self.of_nodes is None:
            return constant
        gate = self._node_gate(*self.of_nodes, constant, False)
        return constant if gate is None else constant + change(constant * gate)

    def _graph_gate(self, out: Tensor, absorber: Absorber) -> Tensor | None:
        graph = self._graph_of_row.get(out.size(0))
        if self._alone:
            graph = torch.zeros(out.size(0), dtype=torch.long, device=out.device)
        return None if graph is None else _by_row(self.gates[absorber][graph], out)

    def _node_gate(
        self, gate: Tensor, shares: NodeShares, out: Tensor, side_by_side: bool
    ) -> Tensor | None:
        if side_by_side:
            return shares.of_blocks(gate, out.size(1))
        rows = shares.of(gate, out.size(0))
        return None if rows is None else _by_row(rows, out)


def _by_row(gate: Tensor, out: Tensor) -> Tensor:
    return gate.view(-1, *[1] * (out.dim() - 1))  # [rows, 1, ...]
