"""Completeness: whether attributions sum to their target value."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import real
from pyg_siamex.explain.explanation import PairExplanation


@dataclass(frozen=True)
class Completeness:
    """Relative gaps between the sums of attributions and their target values; 0 is complete.

    Attributes:
        errors: Error of each explanation, ``[P]``; ``nan`` if its method does not promise
            completeness.
        tolerance: Largest gap that counts as complete.
    """

    errors: Tensor
    tolerance: float

    @property
    def mean(self) -> float:
        """Mean error over the explanations that promise completeness."""
        return float(self.errors.nanmean())

    @property
    def median(self) -> float:
        """Median error; robust to a few pairs whose sum is near 0."""
        return float(self.errors.nanmedian())

    @property
    def largest(self) -> float:
        """Largest error."""
        known = self.errors[~self.errors.isnan()]
        return float(known.max()) if len(known) else float("nan")

    @property
    def complete(self) -> float:
        """Share within the tolerance among the explanations that promise completeness."""
        known = self.errors[~self.errors.isnan()]
        return float((known <= self.tolerance).double().mean())

    @property
    def without(self) -> int:
        """Number of explanations whose method does not promise completeness."""
        return int(self.errors.isnan().sum())


@checked
def completeness(explanations: Sequence[PairExplanation], tolerance: float = 0.01) -> Completeness:
    r"""Collect the completeness errors :math:`|\sum a - f| / |f|` that explainers report.

    Completeness is defined by Sundararajan et al. (arXiv 1703.01365) for integrated gradients; for
    relevance propagation it is conservation. Errors are in [0, inf), low is good. A complete
    attribution is not always a good one.

    Args:
        explanations: P explanations, of any explainer.
        tolerance: Largest gap that counts as complete, above 0.

    Raises:
        ValueError: If ``explanations`` is empty, or ``tolerance`` is not positive.
    """
    if not explanations:
        raise ValueError("there are no explanations to measure")
    real("tolerance", tolerance, "(0, inf)")
    errors = [
        float("nan") if e.completeness_error is None else e.completeness_error for e in explanations
    ]
    return Completeness(torch.tensor(errors, dtype=torch.double), tolerance)
