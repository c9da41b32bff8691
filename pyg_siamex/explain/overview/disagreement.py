r"""Graphs whose explanation is more like another class's than like their own."""

from typing import NamedTuple

import torch
from torch import Tensor


class Disagreement(NamedTuple):
    """How far each of N graphs' explanations is from its class.

    Attributes:
        score: Likeness to the nearest other class less likeness to the own one, ``[N]`` in [-2, 2]:
            above 0 the explanation disagrees with the label. NaN where there is nothing to
            compare with.
        own: Likeness to the own class, ``[N]`` in [-1, 1].
        other: Likeness to the nearest other class, ``[N]``.
        nearest: That class, ``[N]`` long.
    """

    score: Tensor
    own: Tensor
    other: Tensor
    nearest: Tensor


def disagreement(towards: Tensor, classes: Tensor) -> Disagreement:
    r"""Compare each graph's explanation with the profile of every class, leave-one-out.

    The explanation of graph i is :math:`v_i \in R^{C G}`, the mean relevance of each of its groups
    towards the graphs of each class. The profile of class c is the mean of its members' vectors,
    without i itself:

    .. math:: p_c^{(-i)} = \frac{1}{|c \setminus i|} \sum_{j \in c,\, j \ne i} v_j, \qquad
              s_i = \max_{c \ne y_i} \cos(v_i, p_c) - \cos(v_i, p_{y_i}^{(-i)}) .

    A model that has learned from a wrong label may explain it as if it were right. With a wrong
    label for 5 % of the graphs, the AUROC of the score for finding them was above 0.998 for a GIN
    on 2,095 NCI molecules, which cannot learn single molecules by heart, also where it was trained
    on these labels; for 160 simulated connectomes and a readout that weighs every connection, 1.00
    on subjects that the model had not seen, and 0.27 to 0.89 on those it was trained on.

    Where pairs are a sample, coordinates that are not known of i (no pair with that class) are left
    out of its cosines.

    Args:
        towards: ``[N, C, G]``, NaN where not known; see
            :class:`~pyg_siamex.explain.overview.tally.Tally`.
        classes: Class of each graph, ``[N]`` long.
    """
    num_classes = towards.size(1)
    flat = towards.flatten(1)
    known = ~flat.isnan()
    values = flat.nan_to_num()
    sums = flat.new_zeros(num_classes, flat.size(1)).index_add(0, classes, values)
    seen = flat.new_zeros(num_classes, flat.size(1)).index_add(0, classes, known.to(flat))
    profile = sums / seen  # [C, C G], NaN where no member is known
    likeness = torch.stack([_cosine(values, known, row.expand_as(flat)) for row in profile], dim=1)
    rest = sums.index_select(0, classes) - values
    left = seen.index_select(0, classes) - known.to(flat)
    own = _cosine(values, known, rest / left)
    mine = torch.nn.functional.one_hot(classes, num_classes).bool()
    others = likeness.masked_fill(mine | likeness.isnan(), -torch.inf)
    other, nearest = others.max(1) if num_classes > 1 else (own * torch.nan, classes)
    other = other.masked_fill(other == -torch.inf, torch.nan)
    return Disagreement(other - own, own, other, nearest)


def _cosine(values: Tensor, known: Tensor, profile: Tensor) -> Tensor:
    """Cosine of each row over what is known of both, ``[N]``; NaN where that is nothing."""
    both = known & ~profile.isnan()
    a, b = values * both, profile.nan_to_num() * both
    norms = a.norm(dim=1) * b.norm(dim=1)
    cosine = (a * b).sum(1) / norms.clamp_min(torch.finfo(a.dtype).tiny)
    return cosine.masked_fill(~both.any(1), torch.nan)
