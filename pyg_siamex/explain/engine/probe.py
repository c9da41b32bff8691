"""Small forward passes that show what an encoder does with its inputs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.utils import is_sparse

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.edges import EdgeTrace, UntraceableError
from pyg_siamex.explain.engine.follow import Follow
from pyg_siamex.explain.guard import message_layers
from pyg_siamex.nn.siamese import SiameseGNN

_GATHERS = ("__getitem__", "index_select", "gather", "take_along_dim", "embedding")


@dataclass(frozen=True)
class EdgeRecord:
    """What a layer receives as edges.

    Attributes:
        layer: Name of the layer.
        kind: ``"as given"``, ``"loops added"`` or ``"rearranged"``; otherwise what is wrong, in
            words that follow the layer's name.
        followed: Whether the edges were made from those of the graph, and do not just equal them.
    """

    layer: str
    kind: str
    followed: bool = True


@dataclass
class Probe:
    """One forward and backward pass under observation.

    Attributes:
        h: Embeddings, ``[G, D]``.
        edges: What each layer received.
        x_gradient: Gradient of a mixture of all embeddings by x, or ``None`` for integer x.
        outside: Modules that read node values along the edges where no layer's gate acts.
        recomputes: Whether modules ran again in the backward pass.
    """

    h: Tensor
    edges: list[EdgeRecord] = field(default_factory=list)
    x_gradient: Tensor | None = None
    outside: list[str] = field(default_factory=list)
    recomputes: bool = False


@torch.enable_grad()
def probe(model: SiameseGNN, inputs: GraphInputs) -> Probe:
    """Encode a union and watch what happens to its edges and features."""
    leaf = inputs.x
    if leaf.is_floating_point():
        leaf = leaf.detach().clone().requires_grad_()
    watch = _Watch(model.encoder, inputs.edge_index)
    with watch.watching():
        h = model.encode(replace(inputs, x=leaf))
    found = Probe(h.detach(), watch.records, outside=watch.outside)
    if not leaf.is_floating_point():
        return found
    found.x_gradient = torch.zeros_like(leaf)
    if h.requires_grad:
        mixture = torch.linspace(1, 2, h.numel(), dtype=h.dtype, device=h.device).view_as(h)
        with watch.running_again() as again:
            (gradient,) = torch.autograd.grad((h * mixture).sum(), leaf, allow_unused=True)
        found.recomputes = bool(again)
        if gradient is not None:
            found.x_gradient = gradient
    return found


class _Watch(Follow):
    """Follows the edges, and notes every use of them.

    Args:
        encoder: The encoder.
        edge_index: What it is given.
    """

    def __init__(self, encoder: nn.Module, edge_index: Tensor) -> None:
        super().__init__()
        self.encoder, self.trace = encoder, EdgeTrace(edge_index)
        self.names = {module: name or "encoder" for name, module in encoder.named_modules()}
        self.stack: list[nn.Module] = []
        self.records: list[EdgeRecord] = []
        self.outside: list[str] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the passes inside."""
        self.start(self.trace.edge_index)
        with ExitStack() as hooks:
            for module in self.names:
                if isinstance(module, torch.jit.ScriptModule):
                    continue
                for handle in (
                    module.register_forward_pre_hook(self._enter),
                    module.register_forward_hook(self._leave),
                ):
                    hooks.callback(handle.remove)
            for layer in message_layers(self.encoder):
                hooks.callback(layer.register_propagate_forward_pre_hook(self._record).remove)
            with self:
                yield

    @contextmanager
    def running_again(self) -> Iterator[list[str]]:
        """Names of the modules that run inside."""
        found: list[str] = []
        with ExitStack() as hooks:
            for module, name in self.names.items():
                if isinstance(module, torch.jit.ScriptModule):
                    continue

                def note(module: nn.Module, inputs: Any, name: str = name) -> None:
                    found.append(name)

                hooks.callback(module.register_forward_pre_hook(note).remove)
            yield found

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Note node values that are gathered by the ends of edges outside of a layer."""
        if getattr(func, "__name__", "") in _GATHERS and self._gathers(args):
            name = self.names[self.stack[-1]] if self.stack else "encoder"
            if name not in self.outside:
                self.outside.append(name)
        return super().__torch_function__(func, types, args, kwargs)

    def _gathers(self, args: tuple[Any, ...]) -> bool:
        if any(isinstance(module, MessagePassing) for module in self.stack):
            return False
        if not args or not isinstance(args[0], Tensor) or not args[0].requires_grad:
            return False
        rest = args[1:]
        flat = [v for a in rest for v in (a if isinstance(a, tuple) else (a,))]
        return any(isinstance(v, Tensor) and id(v) in self._places for v in flat)

    def _enter(self, module: nn.Module, inputs: Any) -> None:
        self.stack.append(module)

    def _leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        if self.stack and self.stack[-1] is module:
            self.stack.pop()

    def _record(self, layer: MessagePassing, inputs: tuple) -> None:
        edge_index, name = inputs[0], self.names[layer]
        if isinstance(edge_index, EdgeIndex):
            edge_index = edge_index.as_tensor()
        try:
            if is_sparse(edge_index):
                raise UntraceableError("receives a sparse adjacency, whose edges have no order")
            known = self.edges_of(edge_index) is not None or edge_index is self.trace.edge_index
            place = self.trace.place(edge_index, self)
            self.records.append(EdgeRecord(name, place.kind, known))
        except UntraceableError as error:
            self.records.append(EdgeRecord(name, str(error)))


def all_as_the_first(inputs: GraphInputs) -> GraphInputs:
    """All nodes with the features of the first: no symmetry of a graph can hide the change."""
    return replace(inputs, x=inputs.x[:1].expand_as(inputs.x).clone())


def tables_looked_up(model: SiameseGNN, inputs: GraphInputs) -> tuple[str, ...]:
    """Names of the embedding tables whose look-ups change with x."""
    uniform = all_as_the_first(inputs)
    one, other = _looked_up(model, inputs), _looked_up(model, uniform)
    if torch.equal(uniform.x, inputs.x):  # nothing can change: go by the number of rows
        return tuple(n for n, (rows, _) in one.items() if rows == len(inputs.x))
    return tuple(
        name
        for name, (rows, index) in one.items()
        if rows == len(inputs.x) and not torch.equal(index, other[name][1])
    )


def _looked_up(model: SiameseGNN, inputs: GraphInputs) -> dict[str, tuple[int, Tensor]]:
    """Rows of the output and the indices of every embedding table, by name."""
    found: dict[str, tuple[int, Tensor]] = {}
    with ExitStack() as hooks, torch.no_grad():
        for name, module in model.encoder.named_modules():
            if isinstance(module, nn.Embedding | nn.EmbeddingBag):

                def note(
                    module: nn.Module, inputs: tuple, output: Tensor, name: str = name
                ) -> None:
                    found[name] = (len(output), inputs[0].clone())

                hooks.callback(module.register_forward_hook(note).remove)
        model.encode(inputs)
    return found


def culprit(model: SiameseGNN, inputs: GraphInputs) -> str:
    """The innermost module that gives two outputs for the same input."""
    names = {module: name or "encoder" for name, module in model.encoder.named_modules()}
    runs: list[list[tuple[nn.Module, Any, Any]]] = []
    for _ in range(2):
        calls: list[tuple[nn.Module, Any, Any]] = []
        with ExitStack() as hooks, torch.no_grad():
            for module in names:

                def note(m: nn.Module, i: Any, o: Any, calls: list = calls) -> None:
                    calls.append((m, _copied(i), _copied(o)))

                hooks.callback(module.register_forward_hook(note).remove)
            model.encode(inputs)
        runs.append(calls)
    for (module, i, o), (_, j, p) in zip(*runs, strict=False):
        if _equal(i, j) and not _equal(o, p):
            return f"'{names[module]}' ({type(module).__name__})"
    return f"'encoder' ({type(model.encoder).__name__})"


def _copied(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value.detach().clone()]
    if isinstance(value, tuple | list):
        return [tensor for one in value for tensor in _copied(one)]
    return []


def _equal(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(
        torch.equal(a, b) for a, b in zip(one, other, strict=True)
    )
