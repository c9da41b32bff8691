r"""Find graphs whose explanation resembles another class more than their own."""

from typing import NamedTuple

import torch
from torch import Tensor

from pyg_siamex._door import checked


class Disagreement(NamedTuple):
    """How far each of N graphs' explanations is from its class.

    Attributes:
        score: Similarity to the nearest other class minus similarity to the own class, ``[N]`` in
            [-2, 2]. Above 0 the explanation disagrees with the label. NaN without a comparison.
        own: Similarity to the own class, ``[N]`` in [-1, 1].
        other: Similarity to the nearest other class, ``[N]``.
        nearest: The nearest other class, ``[N]`` long.
    """

    score: Tensor
    own: Tensor
    other: Tensor
    nearest: Tensor


@checked
def disagreement(towards: Tensor, classes: Tensor) -> Disagreement:
    r"""Compare each graph's explanation with the profile of every class, leave-one-out.

    The explanation of graph i is :math:`v_i \in R^{C G}`, the mean relevance of each of its groups
    towards the graphs of each class. The profile of class c is the mean of its members' vectors,
    without i itself:

    .. math:: p_c^{(-i)} = \frac{1}{|c \setminus i|} \sum_{j \in c,\, j \ne i} v_j, \qquad
              s_i = \max_{c \ne y_i} \cos(v_i, p_c) - \cos(v_i, p_{y_i}^{(-i)}) .

    The score can miss wrong labels that the model was trained on, since a model that memorises
    single graphs may explain a wrong label like a correct one. Prefer graphs that the model has not
    seen.

    If pairs are a sample, unknown coordinates of i (without a pair with that class) are left out of
    its cosines.

    Args:
        towards: ``[N, C, G]``, NaN if unknown; see
            :class:`~pyg_siamex.explain.overview.tally.Tally`.
        classes: Class of each graph, ``[N]`` long, from 0 and below C.

    Raises:
        ValueError: If ``towards`` has another shape, or ``classes`` are not one for each graph or
            outside of its classes.
    """
    _check(towards, classes)
    num_classes = towards.size(1)
    flat = towards.flatten(1)
    known = ~flat.isnan()
    values = flat.nan_to_num()
    sums = flat.new_zeros(num_classes, flat.size(1)).index_add(0, classes, values)
    seen = flat.new_zeros(num_classes, flat.size(1)).index_add(0, classes, known.to(flat))
    profile = sums / seen  # [C, C G], NaN if no member is known
    likeness = torch.stack([_cosine(values, known, row.expand_as(flat)) for row in profile], dim=1)
    rest = sums.index_select(0, classes) - values
    left = seen.index_select(0, classes) - known.to(flat)
    own = _cosine(values, known, rest / left)
    mine = torch.nn.functional.one_hot(classes, num_classes).bool()
    others = likeness.masked_fill(mine | likeness.isnan(), -torch.inf)
    other, nearest = others.max(1) if num_classes > 1 else (own * torch.nan, classes)
    other = other.masked_fill(other == -torch.inf, torch.nan)
    return Disagreement(other - own, own, other, nearest)


def _check(towards: Tensor, classes: Tensor) -> None:
    if towards.dim() != 3 or not towards.is_floating_point():
        raise ValueError(
            f"`towards` must be [graphs, classes, groups] of floats (got {list(towards.shape)} of "
            f"{towards.dtype})"
        )
    if classes.dtype != torch.long or classes.shape != towards.shape[:1]:
        raise ValueError(
            f"`classes` must be a number for each of the {len(towards)} graphs, torch.long (got "
            f"{list(classes.shape)} of {classes.dtype})"
        )
    outside = classes[(classes < 0) | (classes >= towards.size(1))]
    if len(outside):
        raise ValueError(
            f"`classes` names class {int(outside[0])}, and `towards` has {towards.size(1)} "
            f"classes, from 0"
        )


def _cosine(values: Tensor, known: Tensor, profile: Tensor) -> Tensor:
    """Cosine of each row over coordinates known for both, ``[N]``; NaN if there are none."""
    both = known & ~profile.isnan()
    a, b = values * both, profile.nan_to_num() * both
    norms = a.norm(dim=1) * b.norm(dim=1)
    cosine = (a * b).sum(1) / norms.clamp_min(torch.finfo(a.dtype).tiny)
    kept: Tensor = cosine.masked_fill(~both.any(1), torch.nan)
    return kept
