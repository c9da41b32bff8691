"""Linear maps, sums, products and quotients, with weights and with constants."""

from typing import Any

from torch import Tensor, nn

from pyg_siamex.explain.relevance.lrp.arguments import carries, named, plain
from pyg_siamex.explain.relevance.lrp.normalisation import holds_scale
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def linear(lrp: Propagation, func: Any, args: tuple, kwargs: dict) -> Tensor:
    """``W x + b``: a linear map by the rule."""
    x, weight, bias = named(args, kwargs, ("input", "weight", "bias"))
    if not isinstance(x, Tensor) or weight.requires_grad:
        raise lrp.running.refusal("a linear map whose weight depends on the input")
    return lrp.emit(lrp.step(lrp.origins.signal(x), weight, bias), func(*args, **kwargs))


def matmul(lrp: Propagation, func: Any, args: tuple, kwargs: dict) -> Tensor:
    """``x W`` as a linear map by the rule, and ``A x`` as an aggregation, which mixes rows."""
    a, b = named(args, kwargs, ("input", "other"))
    if func.__name__ == "__rmatmul__":
        a, b = b, a
    if a.requires_grad and b.requires_grad:
        raise lrp.running.refusal("a product of two inputs")
    if b.requires_grad:  # a fixed matrix from the left mixes rows: an aggregation
        if isinstance(a, nn.Parameter):
            raise lrp.running.refusal("a learned matrix multiplied from the left")
        return func(*args, **kwargs)
    if b.dim() != 2:
        raise lrp.running.refusal(f"a product with a weight of {b.dim()} dimensions")
    return lrp.emit(lrp.step(lrp.origins.signal(a), b.T, None), func(*args, **kwargs))


def addmm(lrp: Propagation, func: Any, args: tuple, kwargs: dict) -> Tensor:
    """``b + x W``: a linear map by the rule."""
    bias, a, b = named(args, kwargs, ("input", "mat1", "mat2"))
    scaled = kwargs.get("alpha", 1) != 1 or kwargs.get("beta", 1) != 1
    if bias.requires_grad or b.requires_grad or scaled:
        raise lrp.running.refusal("operation 'addmm' with an input as bias or weight, or scaled,")
    return lrp.emit(lrp.step(lrp.origins.signal(a), b.T, bias), func(*args, **kwargs))


def add(lrp: Propagation, func: Any, args: tuple, kwargs: dict) -> Tensor:
    """A sum splits in proportion. A constant is a bias, of the linear map right before if any."""
    name = func.__name__.strip("_")
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    func = plain(func)
    out = func(*args, **kwargs)
    if carries(a) and carries(b):
        return out
    data, constant = (a, b) if carries(a) else (b, a)
    if kwargs.get("alpha", 1) != 1:
        raise lrp.running.refusal(f"operation '{name}' with alpha")
    if not isinstance(constant, Tensor) and constant == 0:
        return out
    amount = out.detach() - (data.detach() if _sign_of(name, carries(a)) > 0 else -data.detach())
    step = lrp.origins.step(data)
    whole = out.shape == data.shape and "sub" not in name
    if step is not None and whole and isinstance(constant, Tensor):
        return lrp.emit(step.shifted(constant.expand_as(out)), out)
    return lrp.absorb(out, amount, "bias")


def _sign_of(name: str, first: bool) -> int:
    """Sign of the operand that carries relevance in a sum or difference."""
    if name in ("sub", "subtract", "isub"):
        return 1 if first else -1
    return -1 if name in ("rsub",) and first else 1


def multiply(lrp: Propagation, func: Any, args: tuple, kwargs: dict) -> Tensor:
    """Products with constants, and of two inputs where a normalisation takes its statistics."""
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if carries(a) and carries(b):
        if holds_scale(lrp):
            return plain(func)(a.detach(), b.detach())
        raise lrp.running.refusal("a product of two inputs")
    return plain(func)(*args, **kwargs)


def divide(lrp: Propagation, func: Any, args: tuple, kwargs: dict) -> Tensor:
    """Quotients by constants, or by the statistics of a normalisation."""
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if carries(b):
        if holds_scale(lrp) and func.__name__.strip("_") != "rtruediv":
            return plain(func)(a, b.detach())
        raise lrp.running.refusal("a division by an input")
    return plain(func)(*args, **kwargs)
