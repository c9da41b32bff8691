r"""Insertion and deletion curves of a similarity, and their areas."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor
from typing_extensions import Unpack

from pyg_siamex._door import checked
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.curves import RemovalCurves, percentages, removal_curves
from pyg_siamex.metric.protocol import Options
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class InsertionDeletion:
    """Areas of P pairs; ``nan`` if a pair has nothing to explain.

    Attributes:
        insertion: Area under the insertion curve, ``[P]``, about [0, 1]; high is good.
        deletion: Area under the deletion curve, ``[P]``, about [0, 1]; low is good.
        curves: The similarities along the curves.
    """

    insertion: Tensor
    deletion: Tensor
    curves: RemovalCurves

    @property
    def difference(self) -> Tensor:
        """Insertion minus deletion, ``[P]``, about [-1, 1]; high is good, random is about 0."""
        return self.insertion - self.deletion

    @property
    def undefined(self) -> int:
        """Number of pairs with nothing to explain."""
        return self.curves.undefined


@checked
def insertion_deletion(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    *,
    steps: int = 20,
    **options: Unpack[Options],
) -> InsertionDeletion:
    r"""Areas under the insertion and deletion curves (RISE, Petsiuk et al., BMVC 2018).

    .. math::
        I(k) = \frac{s(S_k, r) - s_\emptyset}{d}, \qquad
        D(k) = \frac{s(q \setminus S_k, r) - s_\emptyset}{d}, \qquad k = 0, \dots, 100\,\%

    with :math:`d = s(q, r) - s_\emptyset`. I rises from 0 to 1 as the most important elements are
    added to the empty graph. D falls from 1 to 0 as they are removed from the whole graph. Unlike
    fidelities at one sparsity, the difference of the areas does not depend on a chosen sparsity.

    Args:
        model: The model that was explained; left unchanged.
        explanations: P explanations, of any explainer.
        steps: Number of equal steps from 0 to 100 %, at least 1.
        **options: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Raises:
        ValueError: If ``steps`` is out of range, or explanations lack the masks.
    """
    curves = removal_curves(model, explanations, shares=percentages(steps), **options)
    insertion = curves.area(1 - curves.fidelity_minus)
    deletion = curves.area(1 - curves.fidelity_plus)
    return InsertionDeletion(insertion, deletion, curves)
