r"""Gated aggregation as one sparse product, for layers whose message is :math:`w_{ji} x_j`.

Message passing gathers a row per edge, scales it and scatters it, in the forward pass and again in
the backward pass. A sparse matrix product reads the rows of nodes without copies.
"""

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import GATConv, GATv2Conv, GCNConv, GINConv, GraphConv, SAGEConv
from torch_geometric.nn.aggr import MeanAggregation, SumAggregation
from torch_geometric.nn.conv import MessagePassing

# Name of the argument of ``propagate`` that scales x_j in each layer's message, if any.
_WEIGHT_ARGUMENT: dict[type[MessagePassing], str | None] = {
    GCNConv: "edge_weight",
    GraphConv: "edge_weight",
    GINConv: None,
    SAGEConv: None,
    GATConv: "alpha",
    GATv2Conv: "alpha",
}

# Below this number of columns, gather both ends of each edge instead of a sampled product.
_NARROW = 16

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
    """

    def __init__(
        self,
        layer: MessagePassing,
        gate_of: Callable[[MessagePassing, Any], Tensor | None],
        active: Callable[[], bool],
    ) -> None:
        self.layer, self.gate_of, self.active = layer, gate_of, active
        self.argument = _WEIGHT_ARGUMENT[type(layer)]
        self.usual = layer.propagate
        self.structure: Structure | None = None

    def __call__(self, edge_index: Any, size: Any = None, **arguments: Any) -> Tensor:
        """Aggregate like the layer, with gates."""
        x = arguments["x"]
        if not self._is_product(edge_index, x):
            return self.usual(edge_index, size=size, **arguments)
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
        out = WeightedSum.apply(x.reshape(len(x), -1), weight, structure)
        return out.view(len(x), *x.shape[1:])

    def _is_product(self, edge_index: Any, x: Any) -> bool:
        """Whether edges are plain and within one set of nodes, in the explaining thread."""
        plain = isinstance(edge_index, Tensor) and edge_index.layout is torch.strided
        one = not isinstance(x, tuple) or x[1] is None or len(x[1]) == len(x[0])
        first = x[0] if isinstance(x, tuple) else x
        known = isinstance(first, Tensor) and first.dtype in (torch.float, torch.double)
        return plain and type(edge_index) is Tensor and one and known and self.active()

    def _structure(self, edge_index: Tensor, nodes: int) -> "Structure":
        known = self.structure
        if known is None or known.nodes != nodes or not torch.equal(known.edge_index, edge_index):
            self.structure = Structure(edge_index, nodes)
        assert self.structure is not None
        return self.structure


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
    try:
        for layer in sums:
            layer.propagate = GatedPropagate(layer, gate_of, active)
        yield
    finally:
        for layer, propagate in bound:
            vars(layer).pop("propagate", None)
            if propagate is not None:
                layer.propagate = propagate


@dataclass(frozen=True)
class Structure:
    """Sparsity pattern of one ``edge_index``, sorted by target and by source.

    Attributes:
        edge_index: ``[2, E]``, source and target.
        nodes: Number of nodes N.
    """

    edge_index: Tensor
    nodes: int

    @cached_property
    def by_target(self) -> "Rows":
        """Rows for targets, which compute the aggregation."""
        return Rows.sorted(self.edge_index[1], self.edge_index[0], self.nodes)

    @cached_property
    def by_source(self) -> "Rows":
        """Rows for sources, which compute its transpose."""
        return Rows.sorted(self.edge_index[0], self.edge_index[1], self.nodes)

    @cached_property
    def transposed(self) -> "Structure":
        """The same edges in the other direction."""
        other = Structure(self.edge_index.flip(0), self.nodes)
        other.__dict__["by_target"], other.__dict__["by_source"] = self.by_source, self.by_target
        other.__dict__["transposed"] = self
        return other

    @cached_property
    def inverse_degree(self) -> Tensor:
        """For each edge, one over the number of edges into its target, ``[E]`` double."""
        target = self.edge_index[1]
        return 1 / target.bincount(minlength=self.nodes)[target].double()


@dataclass(frozen=True)
class Rows:
    """Compressed sparse rows of an edge list.

    Attributes:
        order: Edge of each entry, ``[E]``.
        starts: First entry of each row, ``[N + 1]``.
        columns: Column of each entry, ``[E]``.
        nodes: Number of nodes N.
    """

    order: Tensor
    starts: Tensor
    columns: Tensor
    nodes: int

    @classmethod
    def sorted(cls, row: Tensor, column: Tensor, nodes: int) -> "Rows":
        """Sort edges by row, then column."""
        order = (row * nodes + column).argsort(stable=True)
        starts = torch.zeros(nodes + 1, dtype=torch.int32)
        starts[1:] = row.bincount(minlength=nodes).cumsum(0)
        return cls(order, starts, column[order].to(torch.int32), nodes)

    def matrix(self, values: Tensor) -> Tensor:
        """The sparse matrix ``[N, N]`` with the values of the edges, ``[E]``."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*Sparse.*")
            return torch.sparse_csr_tensor(
                self.starts,
                self.columns,
                values[self.order],
                (self.nodes, self.nodes),
                check_invariants=False,
            )

    def product(self, values: Tensor, x: Tensor) -> Tensor:
        """The sparse matrix times ``x``, ``[N, H]``."""
        out = torch.zeros_like(x)
        return torch.addmm(out, self.matrix(values), x, beta=0.0, out=out)

    @cached_property
    def pattern(self) -> dict[torch.dtype, Tensor]:
        """Empty matrices of this pattern, one per type."""
        return {}

    def inner_products(self, a: Tensor, b: Tensor) -> Tensor:
        r"""For each edge, :math:`a_{row}^\top b_{column}`, ``[E]``; a and b are ``[N, H]``."""
        if a.dtype not in self.pattern:
            self.pattern[a.dtype] = self.matrix(a.new_zeros(len(self.order)))
        products = torch.sparse.sampled_addmm(self.pattern[a.dtype], a, b.T, beta=0.0).values()
        return torch.empty_like(products).index_copy_(0, self.order, products)


class WeightedSum(torch.autograd.Function):
    r""":math:`y_i = \sum_{e:\, j \to i} w_e x_j`, with derivatives of any order by x and w."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, structure: Structure) -> Tensor:
        """Aggregate ``x``, ``[N, H]``, over edges weighted by ``weight``, ``[E]``."""
        ctx.save_for_backward(x, weight)
        ctx.structure = structure
        return structure.by_target.product(weight, x.contiguous())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Transposed product, and the inner products of the edges' ends."""
        x, weight = ctx.saved_tensors
        (grad,) = grads
        structure: Structure = ctx.structure
        grad_x = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_x = WeightedSum.apply(grad, weight, structure.transposed)
        if ctx.needs_input_grad[1]:
            grad_weight = _InnerProducts.apply(grad, x, structure)
        return grad_x, grad_weight, None


class _InnerProducts(torch.autograd.Function):
    r""":math:`p_e = a_i^\top b_j` for each edge :math:`e: j \to i`."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, structure: Structure) -> Tensor:
        """Multiply targets ``a`` with sources ``b``, ``[N, H]`` each."""
        ctx.save_for_backward(a, b)
        ctx.structure = structure
        if b.size(1) < _NARROW:
            source, target = structure.edge_index
            return (a.index_select(0, target) * b.index_select(0, source)).sum(1)
        return structure.by_target.inner_products(a.contiguous(), b.contiguous())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Sums over edges, weighted by the gradient."""
        a, b = ctx.saved_tensors
        (grad,) = grads
        structure: Structure = ctx.structure
        grad_a = grad_b = None
        if ctx.needs_input_grad[0]:
            grad_a = WeightedSum.apply(b, grad, structure)
        if ctx.needs_input_grad[1]:
            grad_b = WeightedSum.apply(a, grad, structure.transposed)
        return grad_a, grad_b, None
