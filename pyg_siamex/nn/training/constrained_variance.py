"""The constrained variance loss of the s-GCN."""

from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import FROM_ZERO, POSITIVE, real
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.loss import PairLoss, check_binary, known_pairs


@checked
class ConstrainedVariance(PairLoss):
    r"""Constrained variance loss (Ktena et al., NeuroImage 2018).

    Gathers the similarities of alike and unlike pairs in two narrow groups, a margin apart. It is
    based on the global loss of Kumar et al. (arXiv 1512.09272):

    .. math::
        J = \max(0, \sigma^2_+ - a) + \max(0, \sigma^2_- - a)
          + \lambda \max(0, m - (\mu_+ - \mu_-))

    with mean and variance of the raw similarities of the alike (+) and unlike (-) pairs of a batch.
    It has no penalty on weights; use the optimiser's weight decay.

    Args:
        margin: Required difference m of the means, above 0, in units of the similarity.
        variance: Variance a without penalty, at least 0; 0 is the global loss. The default is not
            from the paper; it is a standard deviation of half the default margin.
        weight: Weight :math:`\lambda` of the margin, above 0.

    Raises:
        ValueError: If a number is out of range.
    """

    def __init__(self, margin: float = 0.6, variance: float = 0.09, weight: float = 0.35) -> None:
        super().__init__()
        real("margin", margin, POSITIVE)
        real("variance", variance, FROM_ZERO)
        real("weight", weight, POSITIVE)
        self.margin = margin
        self.variance = variance
        self.weight = weight

    def check_targets(self, known: Tensor) -> None:
        """Refuse targets beside 0 and 1."""
        check_binary("the constrained variance needs", known)

    def forward(self, model: SiameseGNN, embeddings: Tensor, target: Tensor) -> Tensor:
        """Scalar loss of all known pairs; an absent kind of pair adds nothing."""
        i, j = known_pairs(target)
        y = target[i, j]
        s = model.similarity(embeddings.index_select(0, i), embeddings.index_select(0, j))
        (alike, spread_alike), (unlike, spread_unlike) = _moments(s, y), _moments(s, 1 - y)
        loss = self._beyond(spread_alike) + self._beyond(spread_unlike)
        if 0 < y.sum() < len(y):
            loss = loss + self.weight * (self.margin - (alike - unlike)).clamp_min(0)
        return loss

    def _beyond(self, variance: Tensor) -> Tensor:
        return (variance - self.variance).clamp_min(0)


def _moments(s: Tensor, member: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of the ``s`` whose ``member`` is 1; zeros if there are none."""
    count = member.sum().clamp_min(1)
    mean = (s * member).sum() / count
    return mean, ((s - mean).square() * member).sum() / count
