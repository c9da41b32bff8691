r"""Gates on the messages of an encoder, one for each edge: :math:`m_e \mapsto g_e m_e`."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.utils import is_sparse

from pyg_siamex.explain.engine.edges import (
    AS_GIVEN,
    LOOPS_ADDED,
    EdgeTrace,
    Place,
    UntraceableError,
)
from pyg_siamex.explain.engine.follow import Follow
from pyg_siamex.explain.engine.gated_sum import fused_sums
from pyg_siamex.explain.engine.guard import message_layers

_WAYS_OUT = (
    "set its 'explain = False' to leave it unmasked, use a node mask, or mask_mode='weight' if the "
    "encoder takes edge_weight"
)


class MessageGates:
    """Scale every message by the gate of its edge, at any position in a layer's edges.

    An edge is identified by its position in the graph. Layers may receive edges in another order,
    filtered, in groups, with self loops added, or reversed. All self loops pass, including loops
    that a layer adds.

    Args:
        layers: The layers with their names.
        follow: Whether to follow the edges through the encoder from the start. Otherwise a first
            pass in which a layer receives rearranged edges is repeated with following.
        quiet: Context entered around the multiplication.
    """

    def __init__(
        self,
        layers: dict[MessagePassing, str],
        follow: bool = False,
        quiet: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.layers = layers
        self.quiet = quiet
        self.numbers: dict[MessagePassing, int] = {
            layer: number for number, layer in enumerate(layers)
        }
        self.follow = Follow() if follow else None
        self.trace: EdgeTrace | None = None
        self.gate: Tensor | None = None
        self.noting: bool = False
        self.places: dict[MessagePassing, Place] = {}
        self._gates: dict[tuple[int, bool], Tensor] = {}
        self._thread = threading.get_ident()

    def run(self, edge_index: Tensor, gate: Tensor | None, encode: Callable[[], Tensor]) -> Tensor:
        """Encode a graph under gates.

        Args:
            edge_index: Edges of the graph, the same tensor that the encoder gets, ``[2, E]``.
            gate: ``[E]``, ones at self loops; ``None`` for no gates.
            encode: Runs the encoder.

        Raises:
            ValueError: If a layer's edges cannot be matched to the graph's edges.
        """
        self.gate, self._gates, self.noting = gate, {}, gate is not None
        return self._run(edge_index, encode)

    def note(self, edge_index: Tensor, encode: Callable[[], Tensor]) -> Tensor:
        """Encode a graph without gates and record where each layer's edges come from.

        For explainers that scale messages themselves, see :meth:`over_messages`. Raises the same
        errors as :meth:`run`.
        """
        self.gate, self._gates, self.noting = None, {}, True
        return self._run(edge_index, encode)

    def over_messages(self, layer: MessagePassing, values: Tensor) -> Tensor:
        """Values of the graph's edges, ``[E]``, spread over the current messages of ``layer``.

        Self loops get 1.
        """
        assert self.trace is not None
        row, col = self.trace.edge_index
        self.gate = torch.where(row == col, torch.ones_like(values), values)
        self._gates = {}
        try:
            return self._over_messages(self.places[layer])
        finally:
            self.gate = None

    def _run(self, edge_index: Tensor, encode: Callable[[], Tensor]) -> Tensor:
        if self.trace is None or self.trace.edge_index is not edge_index:
            self.trace = EdgeTrace(edge_index)
        try:
            if self.follow is None:
                try:
                    return encode()
                except _Rearranged:
                    self.follow = Follow()
            return self._followed(encode)
        finally:
            self.gate, self._gates, self.noting = None, {}, False
            self.places.clear()

    def of(self, layer: MessagePassing, edge_index: Any) -> Tensor | None:
        """Gates of the messages of ``layer`` along ``edge_index``, or ``None`` without gates."""
        if self.gate is None or self.trace is None or not self.active:
            return None
        return self._over_messages(self.place(layer, edge_index))

    @property
    def active(self) -> bool:
        """Whether this is the explaining thread; other threads predict without gates."""
        return self._thread == threading.get_ident()

    def place(self, layer: MessagePassing, edge_index: Any) -> Place:
        """Where the edges that ``layer`` received come from.

        Raises:
            ValueError: If they cannot be matched.
        """
        assert self.trace is not None
        try:
            if is_sparse(edge_index):
                raise UntraceableError("receives a sparse adjacency, whose edges have no order")
            with self.quiet():
                return self.trace.place(edge_index, self.follow, self.numbers[layer])
        except UntraceableError as error:
            if self.follow is None and not is_sparse(edge_index):
                raise _Rearranged from None
            raise self.refusal(layer, str(error)) from None

    def refusal(self, layer: MessagePassing, what: str) -> ValueError:
        """The error that names a layer."""
        name = f"layer '{self.layers[layer]}' ({type(layer).__name__})"
        return ValueError(f"{name} {what}, so no edge mask fits it: {_WAYS_OUT}")

    def before_propagation(
        self, layer: MessagePassing, inputs: tuple[Any, ...]
    ) -> tuple[Any, ...] | None:
        """Hook of a layer: record where its edges come from."""
        if not self.active or not self.noting:
            return None
        edge_index, *rest = inputs
        plain = edge_index.as_tensor() if isinstance(edge_index, EdgeIndex) else edge_index
        self.places[layer] = self.place(layer, plain)
        return None if plain is edge_index else (plain, *rest)

    def scale(self, layer: MessagePassing, inputs: tuple[Any, ...], messages: Any) -> Any:
        """Hook of a layer: scale its messages."""
        if self.gate is None or not self.active:
            return None
        gate = self._over_messages(self.places[layer])
        if not isinstance(messages, Tensor) or messages.size(layer.node_dim) != len(gate):
            sent = (
                f"{messages.size(layer.node_dim)}" if isinstance(messages, Tensor) else "a tuple of"
            )
            raise self.refusal(layer, f"sends {sent} messages along {len(gate)} edges")
        shape = [1] * messages.dim()
        shape[layer.node_dim] = len(gate)
        with self.quiet():
            return messages * gate.to(messages.dtype).view(shape)

    def _over_messages(self, place: Place) -> Tensor:
        assert self.gate is not None and self.trace is not None
        with self.quiet():
            if place.kind == AS_GIVEN:
                return self.gate
            if place.kind == LOOPS_ADDED:
                # The same encoding may start with a pass without gradients.
                key = (place.loops, torch.is_grad_enabled())
                if key not in self._gates:
                    gate, proper = self.gate, self.trace.proper
                    gate = gate if proper is None else gate.index_select(0, proper)
                    self._gates[key] = torch.cat([gate, gate.new_ones(place.loops)])
                return self._gates[key]
            assert place.edges is not None
            return torch.cat([self.gate, self.gate.new_ones(1)]).index_select(0, place.edges)

    def _followed(self, encode: Callable[[], Tensor]) -> Tensor:
        assert self.follow is not None and self.trace is not None
        self.trace.seen.clear()
        self.follow.start(self.trace.edge_index)
        with self.follow:
            out = encode()
        try:
            with self.quiet():
                self.trace.check_merged()
        except UntraceableError as error:
            raise ValueError(f"the encoder {error}, so no edge mask fits it: {_WAYS_OUT}") from None
        return out


def edge_notes(model: nn.Module, follow: bool) -> MessageGates:
    """Records of the edges that an encoder's layers receive, for use inside :func:`noted`."""
    return MessageGates(_named(model), follow)


def _named(model: nn.Module) -> dict[MessagePassing, str]:
    names = {module: name for name, module in model.named_modules()}
    return {layer: names[layer] for layer in message_layers(model)}


@contextmanager
def noted(notes: MessageGates) -> Iterator[None]:
    """Record in ``notes`` which edges the layers receive."""
    handles = [
        layer.register_propagate_forward_pre_hook(notes.before_propagation)
        for layer in notes.layers
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


class _Rearranged(Exception):  # noqa: N818
    """A layer receives rearranged edges that are not followed yet."""


@contextmanager
def message_gates(
    model: nn.Module,
    *,
    follow: bool = False,
    fused: bool = True,
    quiet: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[MessageGates]:
    """Put gates on all message passing layers of ``model``, and remove them afterwards.

    Uses the hooks of :class:`~torch_geometric.nn.MessagePassing`, and one sparse product for layers
    that are a weighted sum. Both leave the layer unchanged.

    Args:
        model: The model whose layers are gated.
        follow: As for :class:`MessageGates`.
        fused: Whether to use sparse products where they give the same result.
        quiet: As for :class:`MessageGates`.

    Raises:
        ValueError: If the model has no layers to gate.
    """
    layers = _named(model)
    if not layers:
        raise ValueError(
            "the encoder has no MessagePassing layer that an edge mask could act on "
            "(a scripted or traced encoder hides them): use a node mask, or the eager module; if "
            "it collects along edges by itself, derive that part from MessagePassing"
        )
    gates = MessageGates(layers, follow, quiet)
    handles: list[Any] = []
    # Which layers are weighted sums is found out before they have hooks.
    sums = fused_sums(layers, gates.of, lambda: gates.active) if fused else nullcontext()
    try:
        with sums:
            for layer in layers:
                handles.append(layer.register_propagate_forward_pre_hook(gates.before_propagation))
                handles.append(layer.register_message_forward_hook(gates.scale))
            yield gates
    finally:
        for handle in handles:
            handle.remove()
