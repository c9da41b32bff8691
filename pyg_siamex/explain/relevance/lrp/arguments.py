"""Reading the arguments of an intercepted operation."""

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.nn import functional

T = TypeVar("T")


def named(
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    names: tuple[str, ...],
    defaults: dict[str, Any] | None = None,
) -> list[Any]:
    """Arguments by name, whether they were given by name or by position."""
    given = {**(defaults or {}), **kwargs, **dict(zip(names, args, strict=False))}
    return [given.get(name) for name in names]


def carries(value: Any) -> bool:
    """Whether a tensor that depends on the inputs is somewhere in ``value``."""
    if isinstance(value, Tensor):
        return value.requires_grad
    if isinstance(value, tuple | list):
        return any(carries(v) for v in value)
    return isinstance(value, dict) and any(carries(v) for v in value.values())


def in_place(func: Callable[..., Any]) -> bool:
    """Whether an operation changes its first argument."""
    name = func.__name__
    return name == "__setitem__" or (name.endswith("_") and not name.endswith("__"))


def plain(func: Callable[..., T]) -> Callable[..., T]:
    """The out-of-place twin of an in-place method on a tensor of the encoder."""
    name = func.__name__
    if in_place(func) and name[:-1] not in ("scatter_add", "index_add", "index_copy"):
        for home in (torch.Tensor, torch, functional):
            twin: Callable[..., T] | None = getattr(home, name[:-1], None)
            if twin is not None:
                return twin
    return func
