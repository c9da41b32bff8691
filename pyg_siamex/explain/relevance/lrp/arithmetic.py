"""Linear maps, sums, products and quotients, with weights and with constants."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.relevance.lrp import pooling, taylor
from pyg_siamex.explain.relevance.lrp.arguments import carries, named, plain
from pyg_siamex.explain.relevance.lrp.normalisation import holds_scale
from pyg_siamex.explain.relevance.lrp.propagation import Propagation

QUOTIENTS = ("div", "divide", "true_divide", "truediv", "idiv")
"""Division of a tensor by another; the reverse operations divide by the tensor."""


def linear(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """``W x + b``: a linear map by the rule."""
    x, weight, bias = named(args, kwargs, ("input", "weight", "bias"))
    if carries(weight) or carries(bias):
        return _held(lrp, func, args, kwargs, "a linear map whose weight depends on the input")
    return lrp.linear(x, weight, bias, func(*args, **kwargs))


def matmul(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """``x W`` as a linear map by the rule, and ``A x`` as an aggregation, which mixes rows."""
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if func.__name__ == "__rmatmul__":
        a, b = b, a
    if a.requires_grad and b.requires_grad:
        return _product(lrp, func, args, kwargs)
    if lrp.weights.within((a, b)) is not None:
        return func(*args, **kwargs)
    if b.requires_grad:  # a fixed matrix from the left mixes rows: an aggregation
        if isinstance(a, nn.Parameter):
            raise lrp.running.refusal("a learned matrix multiplied from the left")
        return func(*args, **kwargs)
    out = func(*args, **kwargs)
    if b.dim() == 1:
        return lrp.linear(a, b.unsqueeze(0), None, out.unsqueeze(-1)).squeeze(-1)
    if b.dim() == 2:
        return lrp.linear(a, b.T, None, out)
    return lrp.emit(lrp.step(lrp.origins.signal(a), b.mT, None), out)


def addmm(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """``beta c + alpha x W``: a linear map by the rule. Where c is an input, it has its share."""
    constant, a, b = named(args, kwargs, ("input", "mat1", "mat2"))
    alpha, beta = kwargs.get("alpha", 1), kwargs.get("beta", 1)
    if b.requires_grad:
        return _held(lrp, func, args, kwargs, "a product of two inputs")
    if not a.requires_grad:
        raise lrp.running.refusal("operation 'addmm' of an input and a constant product")
    if constant.requires_grad:
        whole: Tensor = lrp.linear(a, alpha * b.T) + beta * constant
        return whole
    return lrp.linear(a, alpha * b.T, beta * constant, func(*args, **kwargs))


def einsum(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """A sum of products with weights is an aggregation."""
    operands = args[1:] if not isinstance(args[1], tuple | list) else args[1]
    constant = [operand for operand in operands if not carries(operand)]
    if len(constant) == len(operands) - 2:
        return _product(lrp, func, args, kwargs)
    if len(constant) != len(operands) - 1:
        return _held(lrp, func, args, kwargs, "a product of three inputs")
    if any(lrp.weights.within(operand) is None for operand in constant):
        raise lrp.running.refusal("operation 'einsum' with a constant that is not a weight")
    return func(*args, **kwargs)


def join(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Put tensors together. Constants among them absorb their share as biases."""
    name = "tensors" if "tensors" in kwargs else None
    parts = kwargs[name] if name else args[0]
    booked = [_booked(lrp, part) for part in parts]
    if name:
        return func(*args, **{**kwargs, name: booked})
    return func(booked, *args[1:], **kwargs)


def _booked(lrp: Propagation, part: Tensor) -> Tensor:
    if carries(part) or not part.is_floating_point() or not bool((part != 0).any()):
        return part
    return lrp.absorb(part.detach(), part, "bias")


def _product(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """A product of two inputs, which may become a weight, or has a rule of its own."""
    if lrp.follows_attention:
        return taylor.product(plain(func), args, kwargs)
    return _held(lrp, func, args, kwargs, "a product of two inputs")


def _held(
    lrp: Propagation,
    func: Callable[..., Tensor],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    what: str,
) -> Tensor:
    """A value without a rule, which may still become a weight."""
    with torch.no_grad():
        held: Tensor = lrp.held(plain(func)(*args, **kwargs), what)
        return held


def add(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """A sum splits in proportion. A constant is a bias, of the linear map right before if any.

    Where it is infinite, it hides an element from a softmax, and absorbs nothing.
    """
    name = func.__name__.strip("_")
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    func = plain(func)
    out = func(*args, **kwargs)
    if carries(a) and carries(b):
        return _merged(lrp, name, a, b, out)
    data, constant = (a, b) if carries(a) else (b, a)
    if kwargs.get("alpha", 1) != 1:
        raise lrp.running.refusal(f"operation '{name}' with alpha")
    if not isinstance(constant, Tensor) and constant == 0:
        return out
    amount = out.detach() - (data.detach() if _sign_of(name, carries(a)) > 0 else -data.detach())
    step = lrp.origins.step(data)
    whole = out.shape == data.shape and "sub" not in name
    hidden = amount.isinf()
    if step is not None and whole and isinstance(constant, Tensor) and not bool(hidden.any()):
        return lrp.emit(step.shifted(constant.expand_as(out)), out)
    return lrp.absorb(out, amount.masked_fill(hidden, 0.0), "bias")


def _merged(lrp: Propagation, name: str, a: Tensor, b: Tensor, out: Tensor) -> Tensor:
    """The sum of two inputs, with one denominator where both are maps of the running layer."""
    first, second = lrp.origins.step(a), lrp.origins.step(b)
    if first is None or second is None or "sub" in name or not out.shape == a.shape == b.shape:
        return out
    inside = isinstance(lrp.running.innermost, MessagePassing)
    same = first.layer == second.layer == lrp.running.layer and first.gamma == second.gamma
    return lrp.emit(first.plus(second), out) if inside and same else out


def _sign_of(name: str, first: bool) -> int:
    """Sign of the operand that carries relevance in a sum or difference."""
    if name in ("sub", "subtract", "isub"):
        return 1 if first else -1
    return -1 if name in ("rsub",) and first else 1


def multiply(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Products with constants, and of two inputs where a normalisation takes its statistics."""
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if carries(a) and carries(b):
        if holds_scale(lrp):
            return plain(func)(a.detach(), b.detach())
        return _product(lrp, func, args, kwargs)
    return _scaled(lrp, func, args, kwargs)


def divide(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Quotients by constants, or by the statistics of a normalisation."""
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if carries(b):
        if holds_scale(lrp) and func.__name__.strip("_") != "rtruediv":
            return plain(func)(a, b.detach())
        if lrp.follows_attention:
            return taylor.quotient(lrp, plain(func), args, kwargs)
        return _held(lrp, func, args, kwargs, "a division by an input")
    return _scaled(lrp, func, args, kwargs)


def _scaled(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """A product or quotient with a constant, which is part of a mean where it follows a sum."""
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    out = plain(func)(*args, **kwargs)
    data, constant = (a, b) if carries(a) else (b, a)
    if func.__name__.strip("_") in QUOTIENTS:
        constant = 1 / constant
    found = pooling.scaled(lrp, data, constant, out)
    return out if found is None else found
