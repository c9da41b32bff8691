"""Watch an encoder run: where its edges go, and which tables its features look up."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.utils import is_sparse

from pyg_siamex.explain.engine.edges import REARRANGED, EdgeTrace, UntraceableError
from pyg_siamex.explain.engine.follow import Follow
from pyg_siamex.explain.engine.guard import message_layers
from pyg_siamex.explain.engine.threads import only_here

_Tables = nn.Embedding | nn.EmbeddingBag


@dataclass(frozen=True)
class EdgeRecord:
    """Edges that a layer receives.

    Attributes:
        layer: Name of the layer.
        kind: ``"as given"``, ``"loops added"`` or ``"rearranged"``; otherwise a description of the
            problem that follows the layer's name.
        edges: Number of the graph's proper edges that it receives.
        followed: Whether the edges were computed from the graph's edges, instead of only being
            equal.
    """

    layer: str
    kind: str
    edges: int = 0
    followed: bool = True


class Watch(Follow):
    """Follow edges and features through an encoder and record their uses.

    Args:
        encoder: The encoder.
        x: Node features for the encoder.
        edge_index: Edges for the encoder.

    Attributes:
        records: Edges that each layer received.
        lookups: Look-ups by x in embedding tables with a row for each node: name of the table and
            number of its call.
    """

    def __init__(self, encoder: nn.Module, x: Tensor, edge_index: Tensor) -> None:
        super().__init__()
        self.encoder = encoder
        self.x = x
        self.trace: EdgeTrace = EdgeTrace(edge_index)
        self.names: dict[nn.Module, str] = {
            module: name or "encoder" for name, module in encoder.named_modules()
        }
        self.records: list[EdgeRecord] = []
        self.lookups: list[tuple[str, int]] = []
        self._calls: dict[nn.Module, int] = {}
        self._of_x: dict[int, Tensor] = {}
        self._of_edges: dict[int, Tensor] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the pass inside the block."""
        self.start(self.trace.edge_index)
        self._of_x = {id(self.x): self.x}
        self._of_edges = {id(self.trace.edge_index): self.trace.edge_index}
        with ExitStack() as hooks:
            for module in self.names:
                if isinstance(module, _Tables):
                    look = only_here(self._look_up)
                    hooks.callback(module.register_forward_hook(look).remove)
            record = only_here(self._record)
            for layer in message_layers(self.encoder):
                hooks.callback(layer.register_propagate_forward_pre_hook(record).remove)
            with self:
                yield

    @contextmanager
    def running_again(self) -> Iterator[list[str]]:
        """Names of the modules that run inside the block."""
        found: list[str] = []
        with ExitStack() as hooks:
            for module, name in self.names.items():
                if not isinstance(module, torch.jit.ScriptModule):
                    note = only_here(lambda _, __, name=name: found.append(name))
                    hooks.callback(module.register_forward_pre_hook(note).remove)
            yield found

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run ``func`` and record what its result was computed from."""
        inputs = {id(tensor) for tensor in _tensors((args, kwargs or {}))}
        out = super().__torch_function__(func, types, args, kwargs)
        for known in (self._of_x, self._of_edges):
            if not inputs.isdisjoint(known):
                known.update({id(tensor): tensor for tensor in _tensors(out)})
        return out

    def _look_up(self, table: nn.Module, inputs: Any, output: Any) -> Tensor | None:
        """Record a look-up by x, and make its result require a gradient."""
        number = self._calls[table] = self._calls.get(table, -1) + 1
        index = id(inputs[0])
        of_nodes = index in self._of_x and index not in self._of_edges
        if of_nodes and len(output) == len(self.x):
            self.lookups.append((self.names[table], number))
        if output.requires_grad:
            return None
        out: Tensor = output.detach().clone().requires_grad_()
        for known in (self._of_x, self._of_edges):
            if id(output) in known:
                known[id(out)] = out
        return out

    def _record(self, layer: MessagePassing, inputs: tuple[Any, ...]) -> None:
        edge_index, name = inputs[0], self.names[layer]
        if isinstance(edge_index, EdgeIndex):
            edge_index = edge_index.as_tensor()
        proper = self.trace.edges.size(1)
        try:
            if is_sparse(edge_index):
                raise UntraceableError("receives a sparse adjacency, whose edges have no order")
            known = self.edges_of(edge_index) is not None or edge_index is self.trace.edge_index
            place = self.trace.place(edge_index, self)
            if place.kind == REARRANGED and place.edges is not None:
                own = place.edges[place.edges < self.trace.edge_index.size(1)]
                proper = len(own.unique())
            self.records.append(EdgeRecord(name, place.kind, proper, known))
        except UntraceableError as error:
            self.records.append(EdgeRecord(name, str(error)))


def _tensors(value: Any) -> list[Tensor]:
    """All tensors in nested lists, tuples and dictionaries."""
    if isinstance(value, Tensor):
        return [value]
    found: list[Tensor] = []
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, tuple | list):
        return found
    for one in value:
        if isinstance(one, Tensor):
            found.append(one)
        elif isinstance(one, tuple | list | dict):
            found += _tensors(one)
    return found
