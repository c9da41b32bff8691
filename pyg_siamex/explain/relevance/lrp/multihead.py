"""Attention between the nodes of a graph, and from a set to nodes."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.explain.relevance.lrp import arithmetic, taylor
from pyg_siamex.explain.relevance.lrp.arguments import carries, named
from pyg_siamex.explain.relevance.lrp.heads import by_head
from pyg_siamex.explain.relevance.lrp.linear_step import collected
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def multihead(
    lrp: Propagation,
    module: nn.MultiheadAttention,
    value: tuple[Tensor, Tensor | None],
    query: Tensor,
    key: Tensor,
    values: Tensor,
    *args: Any,
    **kwargs: Any,
) -> tuple[Tensor, Tensor | None]:
    r"""Multi-head attention: :math:`W_o\,\|_h W_h \sum_j \alpha^h_{ij} x_j`, attention constant.

    The values are one step with their sum, and the output map is the next.
    """
    if module.bias_k is not None or module.add_zero_attn:
        raise lrp.running.refusal("attention with add_bias_kv or add_zero_attn")
    out, weights = value
    held = lrp.held(weights, "an attention weight", factor=True)
    if not carries(values):
        return lrp.held(out, "attention to constants", factor=True), held
    signal = lrp.origins.signal(values)
    with lrp.unseen():
        alpha = _attention(module, query, key, values, args, kwargs)  # [B, H, L, S]
        heads = collected(signal, lambda part: _collect(module, alpha, part))
        reach = alpha.sum(-1).transpose(1, 2).unsqueeze(-1)  # [B, L, H, 1]
    step = by_head(lrp, heads, _maps(module)[2], module.num_heads)
    with lrp.unseen():
        if module.in_proj_bias is not None:
            bias = module.in_proj_bias.chunk(3)[2].view(module.num_heads, -1)
            step = step.shifted(reach * bias)
        step = step.flattened()
    mixed = lrp.emit(step)  # [B, L, E]
    mixed = mixed if out.dim() == 3 else mixed.squeeze(0)
    mixed = mixed if module.batch_first or out.dim() == 2 else mixed.transpose(0, 1)
    lin = module.out_proj
    return lrp.linear(mixed, lin.weight, lin.bias, out), held


def followed(
    lrp: Propagation,
    module: nn.MultiheadAttention,
    value: tuple[Tensor, Tensor | None],
    query: Tensor,
    key: Tensor,
    values: Tensor,
    *args: Any,
    **kwargs: Any,
) -> tuple[Tensor, Tensor | None]:
    """Multi-head attention by AttnLRP: query, key and value maps are steps of their own."""
    if module.bias_k is not None or module.add_zero_attn:
        raise lrp.running.refusal("attention with add_bias_kv or add_zero_attn")
    out, weights = value
    given = _named(args, kwargs)
    with lrp.unseen():
        hidden = _hidden(module, given, query)
    parts = []
    biases = (None,) * 3 if module.in_proj_bias is None else module.in_proj_bias.chunk(3)
    for part, weight, bias in zip((query, key, values), _maps(module), biases, strict=True):
        mapped = lrp.linear(part, weight, bias)
        mapped = mapped.unsqueeze(0) if mapped.dim() == 2 else mapped
        mapped = mapped if module.batch_first or part.dim() == 2 else mapped.transpose(0, 1)
        parts.append(mapped.unflatten(-1, (module.num_heads, -1)).transpose(1, 2))  # [B, H, L, d]
    score = parts[0] @ parts[1].transpose(-1, -2) / module.head_dim**0.5
    score = score if hidden is None else score + hidden
    mixed = (score.softmax(-1) @ parts[2]).transpose(1, 2).flatten(-2)
    mixed = mixed if out.dim() == 3 else mixed.squeeze(0)
    mixed = mixed if module.batch_first or out.dim() == 2 else mixed.transpose(0, 1)
    lin = module.out_proj
    held = lrp.held(weights, "an attention weight", factor=True)
    return lrp.linear(mixed, lin.weight, lin.bias, out), held


def dot_product(
    lrp: Propagation, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """``scaled_dot_product_attention``: a sum of values, with attention held constant."""
    names = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")
    query, key, values, mask, _, causal, scale, grouped = named(args, kwargs, names)
    if causal or grouped:
        raise lrp.running.refusal("causal or grouped attention")
    scale = query.size(-1) ** -0.5 if scale is None else scale
    mask = 0.0 if mask is None else _added(~mask if mask.dtype == torch.bool else mask, query)
    if lrp.follows_attention:
        score = scale * _matmul(query, key.transpose(-1, -2))
        follows = carries((score, mask))
        score = arithmetic.add(lrp, torch.add, (score, mask), {}) if follows else score + mask
    else:
        follows = False
        with torch.no_grad():
            score = scale * query @ key.transpose(-1, -2) + mask
    alone = score.isneginf().all(-1, keepdim=True)  # PyTorch gives 0 to what attends to nothing
    score = score.masked_fill(alone, 0.0)
    alpha = taylor.expand(lrp, torch.softmax, (score, -1), {}) if follows else score.softmax(-1)
    out = _matmul(alpha.masked_fill(alone, 0.0), values)
    if not (lrp.follows_attention or carries(values)):
        held: Tensor = lrp.held(out, "attention to constants", factor=True)
        return held
    return out


def _matmul(a: Tensor, b: Tensor) -> Tensor:
    if carries(a) and carries(b):
        return taylor.product(torch.matmul, (a, b), {})
    return a @ b


def _hidden(module: nn.MultiheadAttention, given: dict[str, Any], like: Tensor) -> Tensor | None:
    """What masks add to the scores, which broadcasts to ``[B, H, L, S]``."""
    found = []
    padding, mask = given.get("key_padding_mask"), given.get("attn_mask")
    if padding is not None:
        found.append(_added(padding, like).view(-1, 1, 1, padding.size(-1)))
    if mask is not None:
        mask = _added(mask, like)
        found.append(mask if mask.dim() == 2 else mask.unflatten(0, (-1, module.num_heads)))
    return None if not found else sum(found[1:], found[0])


def _added(mask: Tensor, like: Tensor) -> Tensor:
    if mask.dtype != torch.bool:
        return mask
    return torch.zeros_like(mask, dtype=like.dtype).masked_fill(mask, -torch.inf)


def _maps(module: nn.MultiheadAttention) -> tuple[Tensor, ...]:
    """Weights of queries, keys and values."""
    if module.in_proj_weight is not None:
        return module.in_proj_weight.chunk(3)
    return module.q_proj_weight, module.k_proj_weight, module.v_proj_weight


def _named(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    names = ("key_padding_mask", "need_weights", "attn_mask", "average_attn_weights", "is_causal")
    return {**dict(zip(names, args, strict=False)), **kwargs}


@torch.no_grad()
def _attention(
    module: nn.MultiheadAttention,
    query: Tensor,
    key: Tensor,
    values: Tensor,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Tensor:
    """Attention of each head, ``[B, H, L, S]``."""
    given = _named(args, kwargs) | {"need_weights": True, "average_attn_weights": False}
    weights: Any = type(module).forward(
        module, query.detach(), key.detach(), values.detach(), **given
    )[1]
    batched: Tensor = weights if weights.dim() == 4 else weights.unsqueeze(0)
    return batched


def _collect(module: nn.MultiheadAttention, alpha: Tensor, part: Tensor) -> Tensor:
    """Sum ``[B, S, F]`` (or what the module takes) with each head's weights, ``[B, L, H, F]``."""
    if part.dim() == 2:
        part = part.unsqueeze(0)
    elif not module.batch_first:
        part = part.transpose(0, 1)
    return torch.einsum("bhls,bsf->blhf", alpha, part)
