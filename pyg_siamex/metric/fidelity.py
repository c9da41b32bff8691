r"""Fidelity+ and fidelity- of a similarity, and the score that combines them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from typing_extensions import Unpack

from pyg_siamex._door import checked
from pyg_siamex._numbers import real
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.curves import removal_curves
from pyg_siamex.metric.protocol import Options
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class Fidelity:
    """Fidelities of P pairs; ``nan`` if a pair has nothing to explain.

    Attributes:
        plus: Share of the effect lost without the selection, ``[P]``; high is good.
        minus: Share of the effect lost with only the selection, ``[P]``; low is good.
        undefined: Number of pairs with nothing to explain.
    """

    plus: Tensor
    minus: Tensor
    undefined: int

    @property
    def characterisation(self) -> Tensor:
        """:func:`characterisation_score` of both, ``[P]`` in [0, 1]; high is good."""
        return characterisation_score(self.plus, self.minus)


@checked
def fidelity(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    *,
    share: float = 0.2,
    **options: Unpack[Options],
) -> Fidelity:
    r"""Fidelity+ and fidelity- at a fixed share of selected elements, for similarities.

    .. math::
        \mathrm{fid}_+ = \frac{s(q, r) - s(q \setminus S, r)}{d}, \qquad
        \mathrm{fid}_- = \frac{s(q, r) - s(S, r)}{d}, \qquad d = s(q, r) - s(\emptyset, r)

    with S the most important share of the elements of the query. Follows Pope et al. (CVPR 2019)
    and GraphFramEx (Amara et al., arXiv 2206.09677), which compare classes. Here effects are
    divided by the total effect d, so a dissimilar pair (d < 0) has the same scale as a similar one.
    Values can lie outside [0, 1], since removing half can change more than removing all.

    Removing whole selections gives graphs that are far from the training data, on which random
    selections can come close to the best. Prefer :func:`insertion_deletion` and
    :func:`robust_fidelity`, and compare with random.

    Args:
        model: The model that was explained; left unchanged.
        explanations: P explanations, of any explainer.
        share: Share of the elements that is selected, in (0, 1), rounded up; the sparsity is one
            minus it. Use the same share for all methods, not a threshold on soft masks.
        **options: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Raises:
        ValueError: If ``share`` is out of range, or explanations lack the masks.
    """
    real("share", share, "(0, 1)")
    curves = removal_curves(model, explanations, shares=[share], **options)
    return Fidelity(curves.fidelity_plus[:, 0], curves.fidelity_minus[:, 0], curves.undefined)


@checked
def characterisation_score(plus: Tensor, minus: Tensor, weight: float = 0.5) -> Tensor:
    r"""Weighted harmonic mean of necessity and sufficiency (GraphFramEx, arXiv 2206.09677).

    .. math:: \left(\frac{w}{\mathrm{fid}_+} + \frac{1 - w}{1 - \mathrm{fid}_-}\right)^{-1}

    Fidelities are clipped to [0, 1] first, since fidelities of similarities may leave this range.
    High is good; the score is 0 if either side fails. Inside [0, 1] it equals PyG's
    ``characterization_score``.

    Args:
        plus: Fidelity+, any shape.
        minus: Fidelity-, same shape.
        weight: Weight w of fidelity+, in (0, 1).

    Returns:
        Scores in [0, 1], same shape; ``nan`` if a fidelity is ``nan``.

    Raises:
        ValueError: If shapes differ, or ``weight`` is out of range.
    """
    real("weight", weight, "(0, 1)")
    if plus.shape != minus.shape:
        raise ValueError(
            f"plus and minus must have the same shape (got {list(plus.shape)} and "
            f"{list(minus.shape)})"
        )
    plus, sufficient = plus.clamp(0, 1), 1 - minus.clamp(0, 1)
    score = plus * sufficient / (weight * sufficient + (1 - weight) * plus)
    failed = ((plus == 0) | (sufficient == 0)) & ~(plus.isnan() | sufficient.isnan())
    return torch.where(failed, 0.0, score)
