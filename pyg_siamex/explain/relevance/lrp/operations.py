"""What each tensor operation of an encoder does to relevance, by the operation's name.

Linear and selecting operations keep their own gradient. Activations, normalisation and products
with weights have a rule. Softmax, sigmoid and exp make weights, which are held constant. Everything
else that carries relevance is refused.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.lrp import (
    arithmetic,
    elementwise,
    multihead,
    normalisation,
    pooling,
    selection,
)
from pyg_siamex.explain.relevance.lrp.arguments import carries, in_place, plain
from pyg_siamex.explain.relevance.lrp.operation_names import (
    ACTIVATIONS,
    EXACT_ACTIVATIONS,
    JOINING,
    MULTIPLYING,
    REARRANGING,
    SELECTING,
    SUMMING,
)
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
from pyg_siamex.explain.relevance.lrp.taylor import EXPANDED, expand
from pyg_siamex.explain.relevance.lrp.weights import WEIGHING, Weight


def run_operation(
    lrp: Propagation, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run one operation by its rule.

    What an operation without a rule computes may still become a weight, see
    :class:`~pyg_siamex.explain.relevance.lrp.weights.HeldWeights`. Used otherwise, it is refused.

    Raises:
        ValueError: If the operation has no rule. The message names the module that runs it.
    """
    name = getattr(func, "__name__", str(func)).strip("_")
    weight = lrp.weights.within((args, kwargs))
    if not carries((args, kwargs)):
        out = func(*args, **kwargs)
        if weight is not None:
            return _followed(lrp, name, weight, args[0] if in_place(func) else out)
        return _gated(lrp, out) if name == "embedding" else out
    if weight is not None and not (weight.factor and name in MULTIPLYING):
        raise weight.refusal
    out = _by_rule(lrp, name, func, args, kwargs)
    if plain(func) is not func and isinstance(out, Tensor) and out is not args[0]:
        lrp.origins.forget(args[0])
        with lrp.unseen():
            args[0].copy_(out)  # whoever uses the changed tensor goes on with the new one
    return out


def _by_rule(
    lrp: Propagation,
    name: str,
    func: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    rule = _RULES.get(name)
    if rule is not None:
        return rule(lrp, func, args, kwargs)
    if name in REARRANGING or name in SUMMING or name in EXACT_ACTIVATIONS:
        if in_place(func):
            lrp.origins.forget(args[0])
        return plain(func)(*args, **kwargs)
    func = plain(func)
    out = func(*args, **kwargs)
    if not carries(out):
        return out
    if lrp.follows_attention and name in EXPANDED:
        return expand(lrp, func, args, kwargs)
    with torch.no_grad():
        out = func(*args, **kwargs)
    if normalisation.holds_scale(lrp) and name in normalisation.STATISTICS:
        return out
    factor = name in WEIGHING
    what = f"operation '{name}'" + (", used as more than a factor," if factor else "")
    return lrp.held(out, what, factor)


def _followed(lrp: Propagation, name: str, weight: Weight, out: Any) -> Any:
    """What is computed from weights alone is a weight."""
    if name in WEIGHING and not weight.factor:
        weight = replace(weight, factor=True)
    return lrp.weights.hold(out, weight)


def _gated(lrp: Propagation, out: Tensor) -> Tensor:
    """The output of an embedding table of nodes, where their relevance ends."""
    gate = lrp.node_gate
    if gate is None or out.size(0) != len(gate):
        return out
    lrp.looks_up = True
    return out * gate.view(-1, *[1] * (out.dim() - 1))


_RULES: dict[
    str, Callable[[Propagation, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
] = {
    "linear": arithmetic.linear,
    "dropout": elementwise.dropout,
    "batch_norm": normalisation.batch_norm,
    "layer_norm": normalisation.layer_norm,
    "rms_norm": normalisation.rms_norm,
    "instance_norm": normalisation.instance_norm,
    "normalize": normalisation.normalize,
    "addmm": arithmetic.addmm,
    "einsum": arithmetic.einsum,
    "scatter_reduce": selection.scatter_reduce,
    "where": selection.where,
    **dict.fromkeys(("sum", "mean"), pooling.reduced),
    **dict.fromkeys(("scatter_add", "index_add"), pooling.scattered),
    "masked_fill": selection.masked_fill,
    "pad": selection.pad,
    "scaled_dot_product_attention": multihead.dot_product,
    **dict.fromkeys(("matmul", "mm", "bmm", "rmatmul"), arithmetic.matmul),
    **dict.fromkeys(JOINING, arithmetic.join),
    **dict.fromkeys(("add", "radd", "iadd", "sub", "subtract", "rsub", "isub"), arithmetic.add),
    **dict.fromkeys(("mul", "multiply", "rmul", "imul"), arithmetic.multiply),
    **dict.fromkeys((*arithmetic.QUOTIENTS, "rtruediv", "rdiv"), arithmetic.divide),
    **dict.fromkeys(("clamp", "clamp_min", "clamp_max", "clip"), elementwise.clamp),
    **dict.fromkeys(SELECTING, selection.select),
    **dict.fromkeys(ACTIVATIONS, elementwise.activation),
}
