"""Heads whose pair matrices are products of two factors."""

from typing import Any

import torch
from torch import Tensor

from pyg_siamex._numbers import shown
from pyg_siamex.nn.similarity import ProductForm, Similarity, compare

_ROWS = 8
"""Pairs of which forms are compared with the head."""

_ALLOWED = 1e-2
"""Largest difference of a form and its head, relative to the terms of the form."""


def exact_form(
    similarity: Similarity, query: Tensor | None = None, reference: Tensor | None = None
) -> ProductForm | None:
    """The head's form where it is the similarity itself, so that its curvature is constant.

    Args:
        similarity: The head.
        query: Embeddings ``[B, D]`` with which the form is compared with the head. Default: none.
        reference: Embeddings ``[B, D]`` of the other graphs.

    Raises:
        TypeError: If what the head gives is no form.
        ValueError: If the form is of another width, or not what the head computes.
    """
    form = known_form(similarity, query, reference)
    return form if form is not None and form.exact else None


def factor_form(
    similarity: Similarity, query: Tensor | None = None, reference: Tensor | None = None
) -> ProductForm:
    """The form that makes all pair matrices of a head products of two factors.

    Args:
        similarity: The head.
        query: As for :func:`exact_form`.
        reference: As for :func:`exact_form`.

    Raises:
        TypeError: If what the head gives is no form.
        ValueError: If the head has no such form, or one of another width or of another function.
    """
    form = known_form(similarity, query, reference)
    if form is None:
        raise ValueError(
            f"{type(similarity).__name__} has no pair matrix that is a product of two factors: "
            f"explain its pairs one by one with PairExplainer"
        )
    return form


def known_form(
    similarity: Similarity, query: Tensor | None = None, reference: Tensor | None = None
) -> ProductForm | None:
    """The head's form, or ``None`` if it has none; compared with the head where it is exact.

    Args:
        similarity: The head.
        query: As for :func:`exact_form`.
        reference: As for :func:`exact_form`.

    Raises:
        TypeError: If what the head gives is no form.
        ValueError: If the form is of another width, or not what the head computes.
    """
    form: Any = similarity.product_form()
    if form is None:
        return None
    who = f"product_form of {type(similarity).__name__}"
    if not isinstance(form, ProductForm):
        raise TypeError(f"{who} must give a ProductForm or None (got {shown(form)})")
    if query is not None and reference is not None:
        _check_width(form, query.size(1), who)
        count = min(len(query), len(reference), _ROWS)
        if form.exact and count:
            _check_values(form, similarity, query[:count], reference[:count])
    return form


def _check_width(form: ProductForm, width: int, who: str) -> None:
    metric: Any = form.metric
    if metric is None:
        return
    if not isinstance(metric, Tensor):
        raise TypeError(f"the metric of {who} must be a tensor (got {shown(metric)})")
    if list(metric.shape) not in ([width], [width, width]):
        raise ValueError(
            f"the metric of {who} is {list(metric.shape)}, and embeddings have {width} numbers: "
            f"give [{width}] or [{width}, {width}], or the head of the model that embedded them"
        )


@torch.no_grad()
def _check_values(form: ProductForm, similarity: Similarity, a: Tensor, b: Tensor) -> None:
    """Compare the form with the head at some pairs of embeddings."""
    like = next((one for one in similarity.parameters() if one.is_floating_point()), a)
    a, b = a.to(like), b.to(like)
    s = compare(similarity, a, b)
    allowed = max(_ALLOWED, 32 * torch.finfo(a.dtype).eps)
    for k, own in enumerate(form.pairs(a, b)):
        value = own.value(a[k], b[k])
        size = (a[k] * own.apply(b[k])).abs().sum() + abs(own.self_scale) * (
            a[k].square().sum() + b[k].square().sum()
        )
        known = bool(value.isfinite() & s[k].isfinite())
        if known and abs(float(value - s[k])) > allowed * max(float(size), abs(float(s[k]))):
            name = type(similarity).__name__
            raise ValueError(
                f"product_form of {name} gives a pair {float(value):.4g}, and its forward "
                f"{float(s[k]):.4g}: make the form what forward computes, or exact=False where it "
                f"is an increasing function of it"
            )
