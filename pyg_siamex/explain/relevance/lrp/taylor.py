r"""The rules of AttnLRP for attention (Achtibat et al., arXiv 2402.05602, section 3.3).

A function takes the relevance of its first-order Taylor expansion, which is gradient times input.
What that does not carry, :math:`y - J x`, is a bias. A product of two inputs gives each one half.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.lrp.arguments import carries, named
from pyg_siamex.explain.relevance.lrp.change import change
from pyg_siamex.explain.relevance.lrp.propagation import Propagation

EXPANDED = frozenset(["softmax", "exp"])
"""Operations with a Taylor expansion; attention is made of them."""


def expand(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Softmax or exp with its own gradient (proposition 3.1)."""
    x = args[0] if args else kwargs["input"]
    out = func(*args, **kwargs)
    with lrp.unseen(), torch.no_grad():
        weighed = torch.where(out == 0, torch.zeros_like(out), out * x)  # masked inputs are -inf
        if func.__name__.strip("_") == "softmax":
            _, dim = named(args, kwargs, ("input", "dim"))
            weighed = weighed - out * weighed.sum(dim, keepdim=True)
        amount = out - weighed
    return lrp.absorb(out, amount, "bias")


def product(func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """A product of two inputs; each takes one half (proposition 3.3)."""
    return func(*_halved(args), **_halved(kwargs))


def quotient(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """A quotient by an input with its own gradient."""
    out = func(*args, **kwargs)
    share = 1.0 if carries(args[0]) and len(args) > 1 and carries(args[1]) else 2.0
    return lrp.absorb(out, share * out.detach(), "bias")


def _halved(value: Any) -> Any:
    if isinstance(value, Tensor) and value.requires_grad:
        return value.detach() + change(value) / 2
    if isinstance(value, tuple | list):
        return type(value)(_halved(element) for element in value)
    if isinstance(value, dict):
        return {name: _halved(element) for name, element in value.items()}
    return value
