"""Operations on each element alone: activations, clamps and dropout."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.lrp.arguments import named, plain
from pyg_siamex.explain.relevance.lrp.change import change
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def activation(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Pass relevance on unchanged. A value at 0 other than 0 absorbs its share as a bias."""
    args = tuple(args) or (kwargs.pop("input"),)
    x, func = args[0], plain(func)
    with torch.no_grad():
        value = func(*args, **kwargs)
        start = func(x.new_zeros(1), *args[1:], **kwargs)
        ratio = torch.where(x == 0, torch.zeros_like(x), (value - start) / x)
    out = value + change(x) * ratio
    return out if start.item() == 0 else lrp.absorb(out, start.expand_as(out), "bias")


def clamp(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Keep the gradient of a clamp at 0."""
    _, low, high = named(args, kwargs, ("input", "min", "max"))
    if any(isinstance(limit, Tensor) or limit not in (None, 0) for limit in (low, high)):
        raise lrp.running.refusal("a clamp at limits other than 0")
    return plain(func)(*args, **kwargs)


def dropout(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Return the input, as dropout does in evaluation mode."""
    x: Tensor
    x, p, training = named(args, kwargs, ("input", "p", "training"), {"p": 0.5, "training": True})
    if training and p > 0:
        raise lrp.running.refusal("dropout in training mode")
    return x
