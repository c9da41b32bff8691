r"""Fidelity+ and fidelity- of a similarity, and the score that joins them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import torch
from torch import Tensor

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.curves import removal_curves
from pyg_siamex.metric.setting import Options
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class Fidelity:
    """Fidelities of P pairs; ``nan`` where a pair has nothing to explain.

    Attributes:
        plus: Share of the effect lost without the selection, ``[P]``; high is good.
        minus: Share of the effect lost with the selection alone, ``[P]``; low is good.
        undefined: Number of pairs with nothing to explain.
    """

    plus: Tensor
    minus: Tensor
    undefined: int

    @property
    def characterisation(self) -> Tensor:
        """:func:`characterisation_score` of both, ``[P]`` in [0, 1]; high is good."""
        return characterisation_score(self.plus, self.minus)


def fidelity(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    *,
    share: float = 0.2,
    **setting: Unpack[Options],
) -> Fidelity:
    r"""Fidelity+ and fidelity- at a fixed share of selected elements, for similarities.

    .. math::
        \mathrm{fid}_+ = \frac{s(q, r) - s(q \setminus S, r)}{d}, \qquad
        \mathrm{fid}_- = \frac{s(q, r) - s(S, r)}{d}, \qquad d = s(q, r) - s(\emptyset, r)

    with S the most important share of the elements of the query. The form of Pope et al. (CVPR
    2019) and GraphFramEx (Amara et al., arXiv 2206.09677), which compare classes; here effects are
    divided by what there is to explain, so that a dissimilar pair (d < 0) reads like a similar one.
    0 and 1 are no bounds: removing half can do more than removing all.

    Whole removals leave graphs unlike any the model has seen, where random selections can come
    close to the best: prefer :func:`insertion_deletion` and :func:`robust_fidelity`, and show
    random beside it.

    Args:
        model: The model that was explained; found unchanged.
        explanations: P explanations, of any explainer.
        share: Share of the elements that is selected, in (0, 1), rounded up; the sparsity is one
            minus it. Equal for all methods, never a threshold on soft masks.
        **setting: See :class:`~pyg_siamex.metric.Setting`.

    Raises:
        ValueError: If ``share`` is out of range, or explanations lack the masks.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be between 0 and 1 (got {share})")
    curves = removal_curves(model, explanations, shares=[share], **setting)
    return Fidelity(curves.fidelity_plus[:, 0], curves.fidelity_minus[:, 0], curves.undefined)


def characterisation_score(plus: Tensor, minus: Tensor, weight: float = 0.5) -> Tensor:
    r"""Weighted harmonic mean of necessity and sufficiency (GraphFramEx, arXiv 2206.09677).

    .. math:: \left(\frac{w}{\mathrm{fid}_+} + \frac{1 - w}{1 - \mathrm{fid}_-}\right)^{-1}

    Fidelities are clipped to [0, 1] first, since those of similarities may leave it. High is good;
    0 if either side fails. PyG's ``characterization_score`` inside [0, 1].

    Args:
        plus: Fidelity+, any shape.
        minus: Fidelity-, same shape.
        weight: Weight w of fidelity+, in (0, 1).

    Returns:
        Scores in [0, 1], same shape; ``nan`` where a fidelity is.

    Raises:
        ValueError: If ``weight`` is out of range.
    """
    if not 0 < weight < 1:
        raise ValueError(f"weight must be between 0 and 1 (got {weight})")
    plus, sufficient = plus.clamp(0, 1), 1 - minus.clamp(0, 1)
    score = plus * sufficient / (weight * sufficient + (1 - weight) * plus)
    return torch.where((plus == 0) | (sufficient == 0), 0.0, score)
