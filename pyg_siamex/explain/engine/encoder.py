"""Unions of graphs to embeddings, under gates on messages and on node features."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract import Contract, contract_of
from pyg_siamex.explain.engine.gates import MessageGates, message_gates
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.nn.siamese import SiameseGNN


@torch.no_grad()
def embed_alone(model: SiameseGNN, inputs: GraphInputs) -> Tensor:
    """Embeddings ``[num_graphs, D]`` of the graphs of a union, each as if it were alone."""
    return Encoder(model, contract_of(model, inputs))(inputs)


@dataclass
class Encoder:
    """Embeds each graph of a union as the model embeds it alone.

    An encoder that mixes the graphs of a batch is given one graph at a time.

    Attributes:
        model: The Siamese model, inside :func:`~pyg_siamex.explain.guard.untouched`.
        contract: What holds of it.
        messages: Open gates on its messages, if edges are gated.
        tables: Open gates on its embedding tables, if nodes of integer types are gated.
    """

    model: SiameseGNN
    contract: Contract
    messages: MessageGates | None = None
    tables: "TableGates | None" = None

    def __call__(
        self, inputs: GraphInputs, edge: Tensor | None = None, node: Tensor | None = None
    ) -> Tensor:
        """Embed the graphs, ``[num_graphs, D]``.

        Args:
            inputs: The graphs.
            edge: Gate of each edge, ``[E]``, ones at self loops.
            node: Gates of node features, ``[N, 1]`` or ``[N, F]``.

        Raises:
            ValueError: If gradients are asked for of an encoder that recomputes its activations.
        """
        given = (edge, node, inputs.x, *(joined.value for joined in inputs.extras.values()))
        if any(tensor is not None and tensor.requires_grad for tensor in given):
            self.contract.check_gradients()
        if self.contract.apart and inputs.num_graphs > 1:
            return torch.cat([self._one(*part) for part in _singly(inputs, edge, node)])
        return self._one(inputs, edge, node)

    def _one(self, inputs: GraphInputs, edge: Tensor | None, node: Tensor | None) -> Tensor:
        if node is not None and not self.contract.discrete:
            gate = node if inputs.x.dim() > 1 else node[:, 0]
            inputs = replace(inputs, x=inputs.x * gate.to(inputs.x.dtype))
        with self._table_gate(node):
            if self.messages is None:
                return self.model.encode(inputs)
            return self.messages.run(inputs.edge_index, edge, lambda: self.model.encode(inputs))

    def _table_gate(self, node: Tensor | None) -> AbstractContextManager:
        return nullcontext() if self.tables is None else self.tables.holding(node)


class TableGates:
    """Scales what embedding tables give for each node: the node mask of integer features."""

    def __init__(self) -> None:
        self.gate: Tensor | None = None

    @contextmanager
    def holding(self, gate: Tensor | None) -> Iterator[None]:
        """Scale by ``gate``, ``[N, 1]``, inside."""
        self.gate = gate
        try:
            yield
        finally:
            self.gate = None

    def scale(self, table: nn.Module, inputs: Any, output: Tensor) -> Tensor | None:
        """Hook of a table: scale the rows of its output."""
        if self.gate is None:
            return None
        gate = self.gate[:, 0].to(output.dtype)
        return output * gate.view(-1, *[1] * (output.dim() - 1))


@contextmanager
def encoder_of(
    model: SiameseGNN,
    inputs: GraphInputs,
    *,
    edges: bool = False,
    nodes: bool = False,
    fused: bool = True,
    quiet: Callable[[], AbstractContextManager] = nullcontext,
) -> Iterator[Encoder]:
    """Open an :class:`Encoder` and close its gates after.

    Args:
        model: The Siamese model.
        inputs: Graphs like those to be encoded, for the contract.
        edges: Put gates on messages.
        nodes: Put gates on node features.
        fused: As for :func:`~pyg_siamex.explain.engine.gates.message_gates`.
        quiet: Likewise.

    Raises:
        ValueError: If the encoder does not allow such gates.
    """
    contract = contract_of(model, inputs)
    contract.check(edges=edges, nodes=nodes)
    encoder = Encoder(model, contract)
    with ExitStack() as stack:
        if edges:
            gates = message_gates(
                model.encoder, follow=contract.rearranges, fused=fused, quiet=quiet
            )
            encoder.messages = stack.enter_context(gates)
        if nodes and contract.tables:
            encoder.tables = TableGates()
            modules = dict(model.encoder.named_modules())
            for name in contract.tables:
                handle = modules[name].register_forward_hook(only_here(encoder.tables.scale))
                stack.callback(handle.remove)
        yield encoder


def _singly(
    inputs: GraphInputs, edge: Tensor | None, node: Tensor | None
) -> Iterator[tuple[GraphInputs, Tensor | None, Tensor | None]]:
    """The graphs of a union one by one, with their gates."""
    graph_of_edge = inputs.edge_graph
    for graph in range(inputs.num_graphs):
        chosen = torch.tensor([graph], device=inputs.batch.device)
        yield (
            inputs.select_graphs(chosen),
            None if edge is None else edge[graph_of_edge == graph],
            None if node is None else node[inputs.batch == graph],
        )
