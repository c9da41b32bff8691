"""Normalisation: running statistics fold into linear maps, others are a constant scale."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch_geometric.nn import GraphNorm, InstanceNorm, LayerNorm, MessageNorm, PairNorm

from pyg_siamex.explain.relevance.lrp.arguments import named
from pyg_siamex.explain.relevance.lrp.change import change
from pyg_siamex.explain.relevance.lrp.linear_step import Signal
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
from pyg_siamex.nn.roi_readout import RoiNorm

STATISTICS = frozenset(["pow", "square", "sqrt", "rsqrt", "var", "std", "norm"])
"""Operations that these normalisations compute their scale with."""

_SCALE_HELD = (LayerNorm, GraphNorm, InstanceNorm, PairNorm, MessageNorm)
"""PyG's normalisations by statistics of the input, whose scale is held constant."""


def holds_scale(lrp: Propagation) -> bool:
    """Whether a normalisation is running whose scale is held constant."""
    return isinstance(lrp.running.innermost, _SCALE_HELD)


def batch_norm(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Batch normalisation by running statistics, folded into a neighbouring linear map."""
    names = (
        "input",
        "running_mean",
        "running_var",
        "weight",
        "bias",
        "training",
        "momentum",
        "eps",
    )
    x, mean, var, weight, bias, training, _, eps = named(args, kwargs, names, {"eps": 1e-5})
    if training or mean is None or var is None:
        raise lrp.running.refusal("batch normalisation by the batch's own statistics")
    scale = (var + eps).rsqrt() * (1.0 if weight is None else weight)
    shift = (0.0 if bias is None else bias) - mean * scale
    return _affine(lrp, x, scale, shift, func(*args, **kwargs))


def _affine(lrp: Propagation, x: Tensor, scale: Tensor, shift: Tensor, value: Tensor) -> Tensor:
    """``scale * x + shift`` per channel, folded into the linear map before it or after it.

    After a linear map it becomes part of that map. Otherwise it becomes part of the linear map that
    follows: the scale of its weights, the shift of its bias. If none follows, the shift absorbs its
    share here. So it does where each node of a graph has channels of its own, and biases belong to
    nodes.
    """
    if lrp.rule.biases == "nodes" and isinstance(lrp.running.innermost, RoiNorm):
        return lrp.absorb(value.detach() + change(scale * x), shift.expand_as(x), "bias", True)
    step = lrp.origins.step(x)
    if step is not None:
        return lrp.emit(step.scaled(scale).shifted(shift), value)
    signal = lrp.origins.signal(x)
    data = scale * signal.data
    constant = shift.expand_as(x) if signal.constant is None else scale * signal.constant + shift
    out = lrp.absorb(value.detach() + change(data), constant, "bias")
    turned = scale < 0 if signal.turned is None else (scale < 0) != signal.turned
    return lrp.origins.remember(
        out, Signal(data, lrp.placed(constant), turned=turned if bool(turned.any()) else None)
    )


def layer_norm(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Layer normalisation: centring is linear, the scale is held constant, the bias absorbs."""
    names = ("input", "normalized_shape", "weight", "bias", "eps")
    x, shape, weight, bias, eps = named(args, kwargs, names, {"eps": 1e-5})
    dims = tuple(range(-len(shape), 0))
    sigma = (x.detach().var(dims, unbiased=False, keepdim=True) + eps).sqrt()
    out = (x - x.mean(dims, keepdim=True)) / sigma
    out = out if weight is None else out * weight
    value = func(*args, **kwargs).detach() + change(out)
    return value if bias is None else lrp.absorb(value, bias.expand_as(value), "bias")


def rms_norm(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Division by the root mean square, held constant."""
    x = args[0] if args else kwargs["input"]
    value = func(*args, **kwargs).detach()
    factor = torch.where(x == 0, torch.zeros_like(x), value / x).detach()
    return value + change(x) * factor


def instance_norm(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Instance normalisation: centring is linear, the scale is held constant, the bias absorbs."""
    names = ("input", "mean", "var", "weight", "bias", "use_input_stats", "momentum", "eps")
    given = {{"running_mean": "mean", "running_var": "var"}.get(k, k): v for k, v in kwargs.items()}
    defaults = {"use_input_stats": True, "eps": 1e-5}
    x, _, _, weight, bias, own, _, eps = named(args, given, names, defaults)
    if not own:
        raise lrp.running.refusal("instance normalisation by running statistics")
    dims = tuple(range(2, x.dim()))
    sigma = (x.detach().var(dims, unbiased=False, keepdim=True) + eps).sqrt()
    by_channel = (1, -1) + (1,) * len(dims)
    out = (x - x.mean(dims, keepdim=True)) / sigma
    out = out if weight is None else out * weight.view(by_channel)
    value = func(*args, **kwargs).detach() + change(out)
    if bias is None:
        return value
    return lrp.absorb(value, bias.view(by_channel).expand_as(value), "bias")


def normalize(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Division by the norm, held constant."""
    names, defaults = ("input", "p", "dim", "eps"), {"p": 2.0, "dim": 1, "eps": 1e-12}
    x, p, dim, eps = named(args, kwargs, names, defaults)
    unit: Tensor = x / x.detach().norm(p, dim, keepdim=True).clamp_min(eps)
    return unit
