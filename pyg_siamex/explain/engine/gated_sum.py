r"""Gated aggregation as one sparse product, for layers whose message is :math:`w_{ji} x_j`."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import GATConv, GATv2Conv, GCNConv, GINConv, GraphConv, SAGEConv
from torch_geometric.nn.aggr import MeanAggregation, SumAggregation
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.engine.weighted_sum import Structure, weighted_sum

# Name of the argument of ``propagate`` that scales x_j in each layer's message, if any.
_WEIGHT_ARGUMENT: dict[type[MessagePassing], str | None] = {
    GCNConv: "edge_weight",
    GraphConv: "edge_weight",
    GINConv: None,
    SAGEConv: None,
    GATConv: "alpha",
    GATv2Conv: "alpha",
}

_FUNCTIONS = ("message", "aggregate", "update", "edge_update", "message_and_aggregate")
_OWN = {
    kind: {name: getattr(kind, name) for name in _FUNCTIONS if hasattr(kind, name)}
    for kind in _WEIGHT_ARGUMENT
}

_HOOKS = (
    "_propagate_forward_pre_hooks",
    "_propagate_forward_hooks",
    "_message_forward_pre_hooks",
    "_message_forward_hooks",
    "_aggregate_forward_pre_hooks",
    "_aggregate_forward_hooks",
)


def is_weighted_sum(layer: MessagePassing) -> bool:
    """Whether the layer's propagation is a sum or mean of :math:`w_{ji} x_j`, by exact type.

    Subclasses may override the message, hooks may change it, and several heads have several
    weights. The product needs MKL, which supports single and double precision on a CPU. All other
    layers use ordinary message passing.
    """
    known = {(torch.device("cpu"), dtype) for dtype in (torch.float, torch.double)}
    return (
        type(layer) in _WEIGHT_ARGUMENT
        and type(layer.aggr_module) in (SumAggregation, MeanAggregation)
        and layer.flow == "source_to_target"
        and getattr(layer, "heads", 1) == 1
        and layer.decomposed_layers == 1
        and _propagates_as_its_class(layer)
        and _sends_as_its_class(layer)
        and not any(getattr(layer, name) for name in _HOOKS)
        and all((p.device, p.dtype) in known for p in layer.parameters())
        and torch.backends.mkl.is_available()
    )


def _propagates_as_its_class(layer: MessagePassing) -> bool:
    """Whether ``propagate`` is one of PyG's two versions, which PyG binds to instances."""
    bound = vars(layer).get("propagate")
    own = (type(layer)._orig_propagate, type(layer)._jinja_propagate)
    return bound is None or getattr(bound, "__func__", None) in own


def _sends_as_its_class(layer: MessagePassing) -> bool:
    """Whether the layer and its class have their own functions, and its sum has no hooks."""
    kind, sums = type(layer), layer.aggr_module
    own = all(getattr(kind, name) is function for name, function in _OWN[kind].items())
    hooked = any(getattr(sums, name) for name in ("_forward_hooks", "_forward_pre_hooks"))
    return own and not hooked and not any(name in vars(layer) for name in _FUNCTIONS)


class GatedPropagate:
    """Replace ``layer.propagate`` and multiply every message by the gate of its edge.

    Args:
        layer: A layer for which :func:`is_weighted_sum` holds.
        gate_of: From the layer and its edges to the gates of its messages, or ``None`` while no
            gate is set.
        active: Whether gates apply to the calling thread.
        structures: The latest structure of each layer of the encoder, which layers share.
    """

    def __init__(
        self,
        layer: MessagePassing,
        gate_of: Callable[[MessagePassing, Any], Tensor | None],
        active: Callable[[], bool],
        structures: dict[MessagePassing, Structure],
    ) -> None:
        self.layer = layer
        self.gate_of = gate_of
        self.active = active
        self.structures = structures
        self.argument: str | None = _WEIGHT_ARGUMENT[type(layer)]
        self.usual: Callable[..., Tensor] = layer.propagate

    def __call__(self, edge_index: Any, size: Any = None, **arguments: Any) -> Tensor:
        """Aggregate like the layer, with gates."""
        x = arguments["x"]
        if not self._is_product(edge_index, x):
            usual: Tensor = self.usual(edge_index, size=size, **arguments)
            return usual
        x = x[0] if isinstance(x, tuple) else x
        weight = None if self.argument is None else arguments[self.argument]
        gate = self.gate_of(self.layer, edge_index)
        if weight is None:
            weight = x.new_ones(edge_index.size(1)) if gate is None else gate.to(x.dtype)
        else:
            weight = weight.reshape(-1) if gate is None else weight.reshape(-1) * gate.to(x.dtype)
        structure = self._structure(edge_index, len(x))
        if type(self.layer.aggr_module) is MeanAggregation:
            weight = weight * structure.inverse_degree.to(weight.dtype)
        out = weighted_sum(x.reshape(len(x), -1), weight, structure)
        shaped: Tensor = out.view(len(x), *x.shape[1:])
        return shaped

    def _is_product(self, edge_index: Any, x: Any) -> bool:
        """Whether edges are plain and within one set of nodes, in the explaining thread."""
        plain = isinstance(edge_index, Tensor) and edge_index.layout is torch.strided
        one = not isinstance(x, tuple) or x[1] is None or len(x[1]) == len(x[0])
        first = x[0] if isinstance(x, tuple) else x
        known = isinstance(first, Tensor) and first.dtype in (torch.float, torch.double)
        return plain and type(edge_index) is Tensor and one and known and self.active()

    def _structure(self, edge_index: Tensor, nodes: int) -> Structure:
        """The structure of these edges; sorting them takes longer than comparing them."""
        latest = self.structures.get(self.layer)
        if latest is None or not latest.fits(edge_index, nodes):
            known = (one for one in self.structures.values() if one.fits(edge_index, nodes))
            latest = next(known, None) or Structure(edge_index, nodes)
            self.structures[self.layer] = latest
        return latest


@contextmanager
def fused_sums(
    layers: Iterable[nn.Module],
    gate_of: Callable[[MessagePassing, Any], Tensor | None] = lambda layer, edges: None,
    active: Callable[[], bool] | None = None,
) -> Iterator[None]:
    """Aggregate by sparse products in all ``layers`` that are a weighted sum.

    Args:
        layers: Modules. They are unchanged afterwards.
        gate_of: As for :class:`GatedPropagate`; no gates by default.
        active: As for :class:`GatedPropagate`. Default: in the thread that enters the context.
    """
    thread = threading.get_ident()
    active = active or (lambda: threading.get_ident() == thread)
    sums = [m for m in layers if isinstance(m, MessagePassing) and is_weighted_sum(m)]
    bound = [(layer, vars(layer).get("propagate")) for layer in sums]
    structures: dict[MessagePassing, Structure] = {}
    try:
        for layer in sums:
            layer.propagate = GatedPropagate(layer, gate_of, active, structures)
        yield
    finally:
        for layer, propagate in bound:
            vars(layer).pop("propagate", None)
            if propagate is not None:
                layer.propagate = propagate
