"""Embed unions of graphs under gates on messages and on node features."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.contract.contract import Contract
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.contract.trials import (
    TRUE_TO,
    cut_layer,
    gradient_gap,
    leaking_module,
)
from pyg_siamex.explain.engine.gates import MessageGates, message_gates
from pyg_siamex.explain.engine.guard import message_layers
from pyg_siamex.explain.engine.like import HALF, mask_like
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.nn.siamese import SiameseGNN


@torch.no_grad()
def embed_alone(model: SiameseGNN, inputs: GraphInputs) -> Tensor:
    """Embeddings ``[num_graphs, D]`` of the graphs of a union, each encoded without the others."""
    # Some readouts turn gradients on inside.
    return OpenEncoder(model, contract_of(model, inputs))(inputs).detach()


@dataclass
class OpenEncoder:
    """Embed each graph of a union with the same result as for a single graph.

    An encoder that mixes the graphs of a batch gets one graph at a time.

    Attributes:
        model: The Siamese model, inside :func:`~pyg_siamex.explain.engine.guard.untouched`.
        contract: Contract of the model.
        messages: Open gates on its messages, if edges are gated.
        tables: Open gates on its embedding tables, if nodes of integer types are gated.
    """

    model: SiameseGNN
    contract: Contract
    messages: MessageGates | None = None
    tables: "_TableGates | None" = None

    def __call__(
        self, inputs: GraphInputs, edge: Tensor | None = None, node: Tensor | None = None
    ) -> Tensor:
        """Embed the graphs, ``[num_graphs, D]``.

        Args:
            inputs: The graphs.
            edge: Gate of each edge, ``[E]``, ones at self loops.
            node: Gates of node features, ``[N, 1]`` or ``[N, F]``.

        Raises:
            ValueError: If gradients are requested from an encoder that recomputes its activations.
        """
        given = (edge, node, inputs.x, *(joined.value for joined in inputs.extras.values()))
        if any(tensor is not None and tensor.requires_grad for tensor in given):
            self.try_gradients(False, node is not None or inputs.x.requires_grad)
        if self.contract.apart and inputs.num_graphs > 1:
            return torch.cat([self._one(*part) for part in _singly(inputs, edge, node)])
        return self._one(inputs, edge, node)

    def try_gates(self) -> None:
        """Refuse an encoder that passes information along edges around the gates.

        Raises:
            ValueError: If a module passes such information.
        """
        self.contract.once("edges", self._leak)

    def _leak(self) -> str | None:
        graph = self.contract.graph
        if graph is None or self.contract.stock:
            return None
        sound = {record.layer for record in self.contract.edges}
        sound |= {
            name
            for name, module in self.model.encoder.named_modules()
            if isinstance(module, MessagePassing) and module.explain is False
        }
        like = mask_like(self.model, graph)
        together = not self.contract.apart
        name = leaking_module(self.model.encoder, self, graph, sound, like, together)
        if name is None:
            return None
        return (
            f"'{name}' collects node values along the edges where no edge mask acts (its own "
            f"scatter, an adjacency matrix, a scripted or compiled part): let a "
            f"torch_geometric.nn.MessagePassing layer send them, or use a node mask"
        )

    def try_gradients(self, edges: bool, nodes: bool) -> None:
        """Refuse an encoder whose gradients do not agree with finite differences.

        Args:
            edges: Whether gradients by gates of edges are needed.
            nodes: Whether gradients by gates of nodes, or by x, are needed.

        Raises:
            ValueError: If it cuts gradients, or recomputes its activations under other gates.
        """
        self.contract.check_gradients()
        graph = self.contract.graph
        if graph is None or self.contract.stock:
            return
        like = mask_like(self.model, graph)
        if graph.x.dtype in HALF:  # too coarse for finite differences
            return
        if edges:
            self.contract.once("gradients by edges", lambda: self._cut(graph))
        if nodes:
            size = (len(graph.x), 1)
            self.contract.once(
                "gradients by nodes",
                lambda: _untrue(
                    gradient_gap(lambda gate: self(graph, None, gate), size, like), "x"
                ),
            )

    def _cut(self, graph: GraphInputs) -> str | None:
        if self.messages is not None:  # gates replace the messages that would be scaled
            return None
        layers = message_layers(self.model.encoder)
        like = mask_like(self.model, graph)
        found = cut_layer(self.model.encoder, lambda: self(graph), layers, like)
        return None if found is None else _untrue(found[1], f"the messages of layer '{found[0]}'")

    def _one(self, inputs: GraphInputs, edge: Tensor | None, node: Tensor | None) -> Tensor:
        if node is not None and not self.contract.discrete:
            gate = node if inputs.x.dim() > 1 else node[:, 0]
            inputs = changed(inputs, x=inputs.x * gate.to(inputs.x.dtype))
        if self.contract.writes:
            inputs = inputs.with_own_x()
        with self._table_gate(node):
            if self.messages is None:
                return self.model.encode(inputs)
            return self.messages.run(inputs.edge_index, edge, lambda: self.model.encode(inputs))

    def _table_gate(self, node: Tensor | None) -> AbstractContextManager[None]:
        return nullcontext() if self.tables is None else self.tables.holding(node)


class _TableGates:
    """Scale the embeddings that nodes look up: the node mask of integer types.

    Args:
        lookups: Look-ups by x: the table and the number of its call in a pass.
    """

    def __init__(self, lookups: Iterable[tuple[nn.Module, int]]) -> None:
        self.lookups = set(lookups)
        self.gate: Tensor | None = None
        self._calls: dict[nn.Module, int] = {}

    @contextmanager
    def holding(self, gate: Tensor | None) -> Iterator[None]:
        """Scale by ``gate``, ``[N, 1]``, in the pass inside the block."""
        self.gate, self._calls = gate, {}
        try:
            yield
        finally:
            self.gate = None

    def scale(self, table: nn.Module, inputs: Any, output: Tensor) -> Tensor | None:
        """Hook of a table: scale the rows of its output."""
        number = self._calls[table] = self._calls.get(table, -1) + 1
        if self.gate is None or (table, number) not in self.lookups:
            return None
        gate = self.gate[:, 0].to(output.dtype)
        return output * gate.view(-1, *[1] * (output.dim() - 1))


def _untrue(gap: float, of: str) -> str | None:
    if gap <= TRUE_TO:
        return None
    return (
        f"the gradient of the embedding by {of} is off by {gap:.0%} from what a small step "
        f"changes: the model cuts gradients (no_grad, detach, quantised or numpy parts). Use a "
        f"method without gradients such as Occlusion, or let gradients pass"
    )


@contextmanager
def encoder_of(
    model: SiameseGNN,
    inputs: GraphInputs,
    *,
    edges: bool = False,
    nodes: bool = False,
    fused: bool = True,
    quiet: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[OpenEncoder]:
    """Open the :class:`OpenEncoder` and remove its gates afterwards.

    Args:
        model: The Siamese model.
        inputs: Graphs similar to the graphs to encode, for the contract.
        edges: Whether to put gates on messages.
        nodes: Whether to put gates on node features.
        fused: As for :func:`~pyg_siamex.explain.engine.gates.message_gates`.
        quiet: As for :func:`~pyg_siamex.explain.engine.gates.message_gates`.

    Raises:
        ValueError: If the encoder does not allow such gates.
    """
    contract = contract_of(model, inputs)
    contract.check(edges=edges, nodes=nodes)
    encoder = OpenEncoder(model, contract)
    if torch.is_grad_enabled():
        encoder.try_gradients(edges and bool(contract.layers), False)
    with ExitStack() as stack:
        if edges:
            gates = message_gates(
                model.encoder, follow=contract.follows(inputs), fused=fused, quiet=quiet
            )
            encoder.messages = stack.enter_context(gates)
            encoder.try_gates()
        if nodes and contract.tables:
            modules = dict(model.encoder.named_modules())
            encoder.tables = _TableGates((modules[n], call) for n, call in contract.lookups)
            for name in contract.tables:
                handle = modules[name].register_forward_hook(only_here(encoder.tables.scale))
                stack.callback(handle.remove)
        if torch.is_grad_enabled():
            encoder.try_gradients(False, nodes)
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
