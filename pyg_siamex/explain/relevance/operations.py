"""What each tensor operation of an encoder does to relevance, by the operation's name.

Linear and selecting operations keep their own gradient; activations, normalisation and products
with weights have a rule here; everything else that carries relevance is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.nn import GraphNorm, InstanceNorm, LayerNorm, PairNorm

from pyg_siamex.explain.relevance.rules import Signal, change

if TYPE_CHECKING:
    from pyg_siamex.explain.relevance.surrogate import Surrogate

REARRANGING = frozenset(
    [
        "view",
        "view_as",
        "reshape",
        "reshape_as",
        "expand",
        "expand_as",
        "transpose",
        "swapaxes",
        "swapdims",
        "permute",
        "t",
        "squeeze",
        "unsqueeze",
        "flatten",
        "unflatten",
        "ravel",
        "contiguous",
        "clone",
        "index_select",
        "getitem",
        "get",
        "select",
        "narrow",
        "split",
        "split_with_sizes",
        "chunk",
        "unbind",
        "tensor_split",
        "hsplit",
        "vsplit",
        "cat",
        "concat",
        "concatenate",
        "hstack",
        "vstack",
        "dstack",
        "stack",
        "gather",
        "repeat",
        "tile",
        "repeat_interleave",
        "flip",
        "roll",
        "to",
        "type",
        "type_as",
        "float",
        "double",
        "half",
        "bfloat16",
        "cpu",
        "cuda",
        "movedim",
        "moveaxis",
        "masked_select",
        "take_along_dim",
        "atleast_2d",
        "identity",
        "broadcast_to",
        "broadcast_tensors",
        "requires_grad",
    ]
)
"""Move values about."""

SUMMING = frozenset(
    [
        "sum",
        "mean",
        "neg",
        "negative",
        "positive",
        "scatter_add",
        "index_add",
        "cumsum",
        "segment_reduce",
        "setitem",
    ]
)
"""Fixed linear maps: relevance splits in proportion."""

SELECTING = frozenset(["max", "min", "amax", "amin", "maximum", "minimum", "fmax", "fmin"])
"""All relevance to the winner, in equal parts where several win."""

EXACT_ACTIVATIONS = frozenset(["relu", "leaky_relu", "prelu"])
"""Piecewise linear through 0: the gradient passes relevance on as it is."""

ACTIVATIONS = frozenset(
    [
        "gelu",
        "silu",
        "mish",
        "tanh",
        "elu",
        "selu",
        "celu",
        "relu6",
        "hardtanh",
        "hardswish",
        "softsign",
        "tanhshrink",
        "softshrink",
        "hardshrink",
        "arctan",
        "atan",
        "sin",
        "asinh",
        "erf",
    ]
)
"""Elementwise with f(0) = 0: relevance is passed on unchanged."""

STATISTICS = frozenset(["pow", "square", "sqrt", "rsqrt", "var", "std", "norm"])
"""What such a normalisation computes its scale with."""

FREEZING_NORMS = (LayerNorm, GraphNorm, InstanceNorm, PairNorm)
"""PyG's normalisations by statistics of the input, whose scale is held constant."""


def dispatch(
    mode: Surrogate, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run one operation by its rule.

    Raises:
        ValueError: If it has none, naming the module it runs in.
    """
    name = getattr(func, "__name__", str(func)).strip("_")
    if not _carries((args, kwargs)):
        return (
            _embedding(mode, func, args, kwargs) if name == "embedding" else func(*args, **kwargs)
        )
    rule = RULES.get(name)
    if rule is not None:
        return rule(mode, func, args, kwargs)
    if name in REARRANGING or name in SUMMING or name in EXACT_ACTIVATIONS:
        if _in_place(func):
            mode.forget(args[0])
        return _plain(func)(*args, **kwargs)
    out = func(*args, **kwargs)
    if not _carries(out):
        return out
    if _frozen(mode) and name in STATISTICS:
        return out.detach()
    raise mode.refuse(f"operation '{name}'")


def _linear(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    x, weight, bias = _named(args, kwargs, ("input", "weight", "bias"))
    if not isinstance(x, Tensor) or weight.requires_grad:
        raise mode.refuse("a linear map whose weight depends on the input")
    return mode.emit(mode.step(mode.signal(x), weight, bias), func(*args, **kwargs))


def _matmul(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    a, b = _named(args, kwargs, ("input", "other"))
    if func.__name__ == "__rmatmul__":
        a, b = b, a
    if a.requires_grad and b.requires_grad:
        raise mode.refuse("a product of two inputs")
    if b.requires_grad:  # a fixed matrix from the left mixes rows: an aggregation
        if isinstance(a, nn.Parameter):
            raise mode.refuse("a learned matrix multiplied from the left")
        return func(*args, **kwargs)
    if b.dim() != 2:
        raise mode.refuse(f"a product with a weight of {b.dim()} dimensions")
    return mode.emit(mode.step(mode.signal(a), b.T, None), func(*args, **kwargs))


def _addmm(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    bias, a, b = _named(args, kwargs, ("input", "mat1", "mat2"))
    scaled = kwargs.get("alpha", 1) != 1 or kwargs.get("beta", 1) != 1
    if bias.requires_grad or b.requires_grad or scaled:
        raise mode.refuse("operation 'addmm' with an input as bias or weight, or scaled,")
    return mode.emit(mode.step(mode.signal(a), b.T, bias), func(*args, **kwargs))


def _add(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    name = func.__name__.strip("_")
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    func = _plain(func)
    out = func(*args, **kwargs)
    if _carries(a) and _carries(b):
        return out
    data, constant = (a, b) if _carries(a) else (b, a)
    if kwargs.get("alpha", 1) != 1:
        raise mode.refuse(f"operation '{name}' with alpha")
    if not isinstance(constant, Tensor) and constant == 0:
        return out
    amount = out.detach() - (data.detach() if _sign_of(name, _carries(a)) > 0 else -data.detach())
    step = mode.step_of(data)
    whole = out.shape == data.shape and "sub" not in name
    if step is not None and whole and isinstance(constant, Tensor):
        return mode.emit(step.shifted(constant.expand_as(out)), out)
    return mode.book(out, amount, "bias")


def _sign_of(name: str, first: bool) -> int:
    """Sign of the operand that carries relevance in a sum or difference."""
    if name in ("sub", "subtract", "isub"):
        return 1 if first else -1
    return -1 if name in ("rsub",) and first else 1


def _multiply(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if _carries(a) and _carries(b):
        if _frozen(mode):
            return _plain(func)(a.detach(), b.detach())
        raise mode.refuse("a product of two inputs")
    return _plain(func)(*args, **kwargs)


def _divide(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if _carries(b):
        if _frozen(mode) and func.__name__.strip("_") != "rtruediv":
            return _plain(func)(a, b.detach())
        raise mode.refuse("a division by an input")
    return _plain(func)(*args, **kwargs)


def _activation(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    x = args[0] if args else kwargs["input"]
    with torch.no_grad():
        if _plain(func)(x.new_zeros(1), *args[1:], **kwargs).item() != 0:
            raise mode.refuse(f"activation '{func.__name__}', which is not 0 at 0,")
        value = _plain(func)(*args, **kwargs)
        ratio = torch.where(x == 0, torch.zeros_like(x), value / x)
    return value + change(x) * ratio


def _clamp(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    _, low, high = _named(args, kwargs, ("input", "min", "max"))
    if any(isinstance(limit, Tensor) or limit not in (None, 0) for limit in (low, high)):
        raise mode.refuse("a clamp at limits other than 0")
    return _plain(func)(*args, **kwargs)


def _select(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Any:
    others = [a for a in (*args[1:], *kwargs.values()) if isinstance(a, Tensor)]
    if any(not other.requires_grad and bool((other != 0).any()) for other in others):
        raise mode.refuse(f"operation '{func.__name__}' with a constant")
    return func(*args, **kwargs)


def _scatter_reduce(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    reduce = kwargs.get("reduce", args[4] if len(args) > 4 else None)
    if reduce not in ("sum", "mean", "amax", "amin"):
        raise mode.refuse(f"operation 'scatter_reduce' with reduce='{reduce}'")
    return func(*args, **kwargs)


def _where(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    for branch in args[1:] if func is torch.where else args:
        if isinstance(branch, Tensor) and not branch.requires_grad and branch.is_floating_point():
            if bool((branch != 0).any()):
                raise mode.refuse("operation 'where' with a constant branch")
        elif isinstance(branch, float | int) and branch != 0:
            raise mode.refuse("operation 'where' with a constant branch")
    return func(*args, **kwargs)


def _masked_fill(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    _, _, value = _named(args, kwargs, ("input", "mask", "value"))
    if float(value) != 0:
        raise mode.refuse("operation 'masked_fill' with a value other than 0")
    return _plain(func)(*args, **kwargs)


def _dropout(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    x, p, training = _named(args, kwargs, ("input", "p", "training"), {"p": 0.5, "training": True})
    if training and p > 0:
        raise mode.refuse("dropout in training mode")
    return x


def _batch_norm(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
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
    x, mean, var, weight, bias, training, _, eps = _named(args, kwargs, names, {"eps": 1e-5})
    if training or mean is None or var is None:
        raise mode.refuse("batch normalisation by the batch's own statistics")
    scale = (var + eps).rsqrt() * (1.0 if weight is None else weight)
    shift = (0.0 if bias is None else bias) - mean * scale
    return affine(mode, x, scale, shift, func(*args, **kwargs))


def affine(mode: Surrogate, x: Tensor, scale: Tensor, shift: Tensor, value: Tensor) -> Tensor:
    """``scale * x + shift`` per channel, folded into the linear map before it or after it.

    After a linear map it becomes part of it. Otherwise its shift is handed on as a constant to the
    layer that follows, which takes it into its bias; where that is no linear map, the shift
    absorbs its share here.
    """
    step = mode.step_of(x)
    if step is not None:
        return mode.emit(step.scaled(scale).shifted(shift), value)
    signal = mode.signal(x)
    data = scale * signal.data
    constant = shift.expand_as(x) if signal.constant is None else scale * signal.constant + shift
    out = mode.book(value.detach() + change(data), constant, "bias")
    return mode.tag(out, Signal(data, constant))


def _layer_norm(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    names = ("input", "normalized_shape", "weight", "bias", "eps")
    x, shape, weight, bias, eps = _named(args, kwargs, names, {"eps": 1e-5})
    dims = tuple(range(-len(shape), 0))
    sigma = (x.detach().var(dims, unbiased=False, keepdim=True) + eps).sqrt()
    out = (x - x.mean(dims, keepdim=True)) / sigma
    out = out if weight is None else out * weight
    value = func(*args, **kwargs).detach() + change(out)
    return value if bias is None else mode.book(value, bias.expand_as(value), "bias")


def _normalize(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    names, defaults = ("input", "p", "dim", "eps"), {"p": 2.0, "dim": 1, "eps": 1e-12}
    x, p, dim, eps = _named(args, kwargs, names, defaults)
    return x / x.detach().norm(p, dim, keepdim=True).clamp_min(eps)


def _embedding(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    out = func(*args, **kwargs)
    gate = mode.node_gate
    if gate is None or out.size(0) != len(gate):
        return out
    return out * gate.view(-1, *[1] * (out.dim() - 1))


def _frozen(mode: Surrogate) -> bool:
    return bool(mode.stack) and isinstance(mode.stack[-1][1], FREEZING_NORMS)


def _plain(func: Callable[..., Any]) -> Callable[..., Any]:
    """The out-of-place twin of an in-place method on a tensor of the encoder."""
    name = func.__name__
    if _in_place(func) and name[:-1] not in ("scatter_add", "index_add"):
        for home in (torch.Tensor, torch, functional):
            twin = getattr(home, name[:-1], None)
            if twin is not None:
                return twin
    return func


def _in_place(func: Callable[..., Any]) -> bool:
    name = func.__name__
    return name == "__setitem__" or (name.endswith("_") and not name.endswith("__"))


def _carries(value: Any) -> bool:
    """Whether a tensor that depends on the inputs is somewhere in ``value``."""
    if isinstance(value, Tensor):
        return value.requires_grad
    if isinstance(value, tuple | list):
        return any(_carries(v) for v in value)
    return isinstance(value, dict) and any(_carries(v) for v in value.values())


def _named(
    args: tuple, kwargs: dict, names: tuple[str, ...], defaults: dict[str, Any] | None = None
) -> list[Any]:
    """Arguments by name, whether they were given by name or by position."""
    given = {**(defaults or {}), **kwargs, **dict(zip(names, args, strict=False))}
    return [given.get(name) for name in names]


RULES: dict[str, Callable[[Any, Any, tuple, dict], Any]] = {
    "linear": _linear,
    "dropout": _dropout,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "normalize": _normalize,
    "addmm": _addmm,
    "scatter_reduce": _scatter_reduce,
    "where": _where,
    "masked_fill": _masked_fill,
    **dict.fromkeys(("matmul", "mm", "rmatmul"), _matmul),
    **dict.fromkeys(("add", "radd", "iadd", "sub", "subtract", "rsub", "isub"), _add),
    **dict.fromkeys(("mul", "multiply", "rmul", "imul"), _multiply),
    **dict.fromkeys(
        ("div", "divide", "true_divide", "truediv", "idiv", "rtruediv", "rdiv"), _divide
    ),
    **dict.fromkeys(("clamp", "clamp_min", "clamp_max", "clip"), _clamp),
    **dict.fromkeys(SELECTING, _select),
    **dict.fromkeys(ACTIVATIONS, _activation),
}
