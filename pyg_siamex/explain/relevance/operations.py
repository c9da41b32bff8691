"""What each tensor operation of an encoder does to relevance, by the operation's name.

Linear and selecting operations keep their own gradient; activations, normalisation and products
with weights have a rule here; everything else that carries relevance is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from pyg_siamex.explain.relevance import arithmetic, normalisation
from pyg_siamex.explain.relevance.arguments import carries, in_place, named, plain
from pyg_siamex.explain.relevance.rules import change

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


def dispatch(
    mode: Surrogate, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run one operation by its rule.

    Raises:
        ValueError: If it has none, naming the module it runs in.
    """
    name = getattr(func, "__name__", str(func)).strip("_")
    if not carries((args, kwargs)):
        return (
            _embedding(mode, func, args, kwargs) if name == "embedding" else func(*args, **kwargs)
        )
    rule = RULES.get(name)
    if rule is not None:
        return rule(mode, func, args, kwargs)
    if name in REARRANGING or name in SUMMING or name in EXACT_ACTIVATIONS:
        if in_place(func):
            mode.forget(args[0])
        return plain(func)(*args, **kwargs)
    out = func(*args, **kwargs)
    if not carries(out):
        return out
    if normalisation.frozen(mode) and name in normalisation.STATISTICS:
        return out.detach()
    raise mode.refuse(f"operation '{name}'")


def _activation(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    x = args[0] if args else kwargs["input"]
    with torch.no_grad():
        if plain(func)(x.new_zeros(1), *args[1:], **kwargs).item() != 0:
            raise mode.refuse(f"activation '{func.__name__}', which is not 0 at 0,")
        value = plain(func)(*args, **kwargs)
        ratio = torch.where(x == 0, torch.zeros_like(x), value / x)
    return value + change(x) * ratio


def _clamp(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    _, low, high = named(args, kwargs, ("input", "min", "max"))
    if any(isinstance(limit, Tensor) or limit not in (None, 0) for limit in (low, high)):
        raise mode.refuse("a clamp at limits other than 0")
    return plain(func)(*args, **kwargs)


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
    _, _, value = named(args, kwargs, ("input", "mask", "value"))
    if float(value) != 0:
        raise mode.refuse("operation 'masked_fill' with a value other than 0")
    return plain(func)(*args, **kwargs)


def _dropout(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    x, p, training = named(args, kwargs, ("input", "p", "training"), {"p": 0.5, "training": True})
    if training and p > 0:
        raise mode.refuse("dropout in training mode")
    return x


def _embedding(mode: Surrogate, func: Any, args: tuple, kwargs: dict) -> Tensor:
    out = func(*args, **kwargs)
    gate = mode.node_gate
    if gate is None or out.size(0) != len(gate):
        return out
    return out * gate.view(-1, *[1] * (out.dim() - 1))


RULES: dict[str, Callable[[Any, Any, tuple, dict], Any]] = {
    "linear": arithmetic.linear,
    "dropout": _dropout,
    "batch_norm": normalisation.batch_norm,
    "layer_norm": normalisation.layer_norm,
    "normalize": normalisation.normalize,
    "addmm": arithmetic.addmm,
    "scatter_reduce": _scatter_reduce,
    "where": _where,
    "masked_fill": _masked_fill,
    **dict.fromkeys(("matmul", "mm", "rmatmul"), arithmetic.matmul),
    **dict.fromkeys(("add", "radd", "iadd", "sub", "subtract", "rsub", "isub"), arithmetic.add),
    **dict.fromkeys(("mul", "multiply", "rmul", "imul"), arithmetic.multiply),
    **dict.fromkeys(
        ("div", "divide", "true_divide", "truediv", "idiv", "rtruediv", "rdiv"), arithmetic.divide
    ),
    **dict.fromkeys(("clamp", "clamp_min", "clamp_max", "clip"), _clamp),
    **dict.fromkeys(SELECTING, _select),
    **dict.fromkeys(ACTIVATIONS, _activation),
}
