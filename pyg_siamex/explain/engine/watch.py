"""Watching an encoder run: where its edges go, and which tables its features look up."""

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
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.explain.guard import message_layers

_GATHERS = ("__getitem__", "index_select", "gather", "take_along_dim")
_SCATTERS = ("index_add", "scatter", "index_reduce", "index_put", "segment")
_PRODUCTS = ("matmul", "mm", "einsum")
Tables = nn.Embedding | nn.EmbeddingBag


@dataclass(frozen=True)
class EdgeRecord:
    """What a layer receives as edges.

    Attributes:
        layer: Name of the layer.
        kind: ``"as given"``, ``"loops added"`` or ``"rearranged"``; otherwise what is wrong, in
            words that follow the layer's name.
        edges: How many of the graph's proper edges it receives.
        followed: Whether the edges were made from those of the graph, and do not just equal them.
    """

    layer: str
    kind: str
    edges: int = 0
    followed: bool = True


class Watch(Follow):
    """Follows edges and features through an encoder, and notes their uses.

    Args:
        encoder: The encoder.
        x: Node features that it is given.
        edge_index: Edges that it is given.

    Attributes:
        records: What each layer received.
        outside: Modules that collect node values along the edges where no layer's gate acts.
        tables: Embedding tables that are looked up by x, a row for each node.
    """

    def __init__(self, encoder: nn.Module, x: Tensor, edge_index: Tensor) -> None:
        super().__init__()
        self.encoder, self.x, self.trace = encoder, x, EdgeTrace(edge_index)
        self.names = {module: name or "encoder" for name, module in encoder.named_modules()}
        self.stack: list[nn.Module] = []
        self.records: list[EdgeRecord] = []
        self.outside: list[str] = []
        self.tables: list[str] = []
        self._of_x: dict[int, Tensor] = {}
        self._of_edges: dict[int, Tensor] = {}
        self._gathered: dict[int, Tensor] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the pass inside."""
        self.start(self.trace.edge_index)
        self._of_x = {id(self.x): self.x}
        self._of_edges = {id(self.trace.edge_index): self.trace.edge_index}
        with ExitStack() as hooks:
            for module in self.names:
                if isinstance(module, torch.jit.ScriptModule):
                    continue
                enter, leave = only_here(self._enter), only_here(self._leave)
                hooks.callback(module.register_forward_pre_hook(enter).remove)
                hooks.callback(module.register_forward_hook(leave, always_call=True).remove)
            record = only_here(self._record)
            for layer in message_layers(self.encoder):
                hooks.callback(layer.register_propagate_forward_pre_hook(record).remove)
            with self:
                yield

    @contextmanager
    def running_again(self) -> Iterator[list[str]]:
        """Names of the modules that run inside."""
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
        """Run ``func``, and note what its result was made of."""
        inputs = list(_tensors((args, kwargs or {})))
        name = getattr(func, "__name__", "")
        in_layer = any(isinstance(module, MessagePassing) for module in self.stack)
        gathers = name in _GATHERS and self._gathers(args)
        if not in_layer and (self._collects(name, inputs) or self._multiplies(name, inputs)):
            where = self.names[self.stack[-1]] if self.stack else "encoder"
            self.outside += [] if where in self.outside else [where]
        out = super().__torch_function__(func, types, args, kwargs)
        for known, more in (
            (self._of_x, False),
            (self._of_edges, False),
            (self._gathered, gathers and not in_layer),
        ):
            if more or any(id(tensor) in known for tensor in inputs):
                known.update({id(tensor): tensor for tensor in _tensors(out)})
        return out

    def _gathers(self, args: tuple[Any, ...]) -> bool:
        """Node values, a row for each edge."""
        if not args or not isinstance(args[0], Tensor) or not args[0].requires_grad:
            return False
        return any(id(index) in self._places for index in _tensors(args[1:]))

    def _collects(self, name: str, inputs: list[Tensor]) -> bool:
        """Values of edges, summed somewhere."""
        return any(name.startswith(kind) for kind in _SCATTERS) and any(
            id(tensor) in self._gathered for tensor in inputs
        )

    def _multiplies(self, name: str, inputs: list[Tensor]) -> bool:
        """A matrix of edges times node values."""
        if not any(kind in name for kind in _PRODUCTS):
            return False
        structure = [t for t in inputs if id(t) in self._of_edges and not t.requires_grad]
        return bool(structure) and any(tensor.requires_grad for tensor in inputs)

    def _enter(self, module: nn.Module, inputs: Any) -> None:
        self.stack.append(module)

    def _leave(self, module: nn.Module, inputs: Any, output: Any) -> Tensor | None:
        if self.stack and self.stack[-1] is module:
            self.stack.pop()
        if not isinstance(module, Tables) or not isinstance(output, Tensor):
            return None
        index = id(inputs[0])
        of_nodes = index in self._of_x and index not in self._of_edges
        if of_nodes and len(output) == len(self.x) and self.names[module] not in self.tables:
            self.tables.append(self.names[module])
        if output.requires_grad:
            return None
        out = output.detach().clone().requires_grad_()  # so that what follows is seen to depend
        for known in (self._of_x, self._of_edges, self._gathered):
            if id(output) in known:
                known[id(out)] = out
        return out

    def _record(self, layer: MessagePassing, inputs: tuple) -> None:
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


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _tensors(one)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
