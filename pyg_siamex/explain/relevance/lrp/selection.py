"""Operations that choose among values: all relevance goes to what they choose."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.lrp.arguments import named, plain
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def select(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Give relevance to the winner, in equal parts where several win."""
    others = [a for a in (*args[1:], *kwargs.values()) if isinstance(a, Tensor)]
    if any(not other.requires_grad and bool((other != 0).any()) for other in others):
        raise lrp.running.refusal(f"operation '{func.__name__}' with a constant")
    return func(*args, **kwargs)


def scatter_reduce(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Split relevance in proportion, or give it to the winner of each group."""
    reduce = kwargs.get("reduce", args[4] if len(args) > 4 else None)
    if reduce not in ("sum", "mean", "amax", "amin"):
        raise lrp.running.refusal(f"operation 'scatter_reduce' with reduce='{reduce}'")
    return func(*args, **kwargs)


def where(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Give relevance to the chosen branch. Only 0 is allowed as a constant branch."""
    for branch in args[1:] if func is torch.where else args:
        if isinstance(branch, Tensor) and not branch.requires_grad and branch.is_floating_point():
            if bool((branch != 0).any()):
                raise lrp.running.refusal("operation 'where' with a constant branch")
        elif isinstance(branch, float | int) and branch != 0:
            raise lrp.running.refusal("operation 'where' with a constant branch")
    return func(*args, **kwargs)


def masked_fill(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Give elements that are filled with 0 no relevance."""
    _, _, value = named(args, kwargs, ("input", "mask", "value"))
    if float(value) != 0:
        raise lrp.running.refusal("operation 'masked_fill' with a value other than 0")
    return plain(func)(*args, **kwargs)


def pad(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Add elements of 0, or copies."""
    _, _, mode, value = named(args, kwargs, ("input", "pad", "mode", "value"))
    if mode in (None, "constant") and value not in (None, 0):
        raise lrp.running.refusal("operation 'pad' with a value other than 0")
    return func(*args, **kwargs)
