"""Sums and means over the nodes of graphs, each a linear map with the stabiliser."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from pyg_siamex.explain.relevance.lrp.arguments import named, plain
from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep
from pyg_siamex.explain.relevance.lrp.normalisation import holds_scale
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


class _PooledStep(LinearStep):
    """A sum over nodes. A constant factor after it, as of a mean, belongs to it."""


def reduced(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """A sum or mean over one axis; over the first, it may pool the nodes of a graph."""
    x, dim = named(args, kwargs, ("input", "dim"))
    out = plain(func)(*args, **kwargs)
    if isinstance(dim, tuple | list) and len(dim) == 1:
        dim = dim[0]
    whole = isinstance(dim, int) and dim % x.dim() == 0
    return _pooled(lrp, out) if whole and _pools(lrp, len(x), 1) else out


def scattered(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """A sum of rows at indices, which may pool the nodes of graphs."""
    lrp.origins.forget(args[0])
    out = plain(func)(*args, **kwargs)
    dim = named(args[1:], kwargs, ("dim",))[0]
    rows: Tensor = args[3] if len(args) > 3 else kwargs["src" if "src" in kwargs else "source"]
    whole = isinstance(dim, int) and dim % out.dim() == 0
    return _pooled(lrp, out) if whole and _pools(lrp, rows.size(0), out.size(0)) else out


def _pools(lrp: Propagation, rows: int, graphs: int) -> bool:
    """Whether a sum of rows gives a row for each graph, and not for each node."""
    nodes = None if lrp.node_gate is None else len(lrp.node_gate)
    by_graph = graphs == lrp.num_graphs and (graphs != nodes or rows == nodes)
    outside = not lrp.running.convolution and not holds_scale(lrp)
    return by_graph and outside and lrp.rule.epsilon > 0


def _pooled(lrp: Propagation, out: Tensor) -> Tensor:
    return lrp.emit(_PooledStep(out, None, None, 0.0, lrp.rule.kind, lrp.running.layer), out)


def scaled(lrp: Propagation, x: Tensor, scale: Tensor | float, out: Tensor) -> Tensor | None:
    """``out = scale * x`` as one step with the pooling that ``x`` is of; ``None`` if it is of none.

    Args:
        lrp: The propagation.
        x: What is multiplied.
        scale: A constant.
        out: The product.
    """
    step = lrp.origins.step(x)
    if not isinstance(step, _PooledStep) or out.shape != x.shape:
        return None
    return lrp.emit(step.scaled(x.new_ones(()) * scale), out)
