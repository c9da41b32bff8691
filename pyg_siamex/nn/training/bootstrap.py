"""How far a pair AUC would move with other graphs: a bootstrap over graphs, not over pairs."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._door import checked
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.training.quality import auc

_DRAWS, _LEVEL = 1000, 0.95
_MANY = 200_000
"""Pairs beyond which a fifth of the draws is enough, as the interval is narrow."""


@dataclass(frozen=True)
class AucInterval:
    """A pair AUC with its interval.

    Attributes:
        auc: The AUC, in [0, 1].
        low: Lower end of the 95 % interval; ``nan`` if the graphs are too few or too well told
            apart for one.
        high: Upper end.

    Example:
        >>> str(AucInterval(0.7128, 0.651, 0.774))
        '0.713 (0.651 to 0.774)'
    """

    auc: float
    low: float
    high: float

    def __str__(self) -> str:
        """The numbers as text."""
        if self.low != self.low:
            return f"{self.auc:.3f} (no interval)"
        return f"{self.auc:.3f} ({self.low:.3f} to {self.high:.3f})"


@checked
def auc_interval(similarity: Tensor, pairs: PairDataset, seed: int = 0) -> AucInterval:
    """ROC AUC of the similarities of pairs, with a 95 % percentile interval.

    Pairs that share a graph are not independent, so that graphs are drawn, with replacement, each
    with the graphs that it stays together with (``pairs.groups``). A pair counts as often as both
    of its graphs were drawn (Snijders and Borgatti, Connections 1999; Owen, Annals of Applied
    Statistics 2007).

    Args:
        similarity: Any score of each pair, ``[P]``, larger for alike pairs.
        pairs: The pairs, with targets 0 and 1; unknown ones are left out.
        seed: Seed of the draws.

    Raises:
        ValueError: If the targets are not 0 and 1, or are all equal.
    """
    if similarity.shape != (len(pairs),):
        raise ValueError(f"{list(similarity.shape)} similarities for {len(pairs)} pairs")
    value = auc(similarity, pairs.target)
    known = ~pairs.target.isnan()
    groups = torch.arange(len(pairs.graphs)) if pairs.groups is None else pairs.groups
    ends = groups[pairs.index[known]].numpy()
    curve = _Curve(as_array(similarity[known].double()), as_array(pairs.target[known]) == 1)
    size, rng = int(groups.max()) + 1, np.random.default_rng(seed)
    found = []
    draws = _DRAWS if len(ends) <= _MANY else _DRAWS // 5
    for _ in range(draws):
        times = np.bincount(rng.integers(size, size=size), minlength=size)
        one, other = times[ends[:, 0]], times[ends[:, 1]]
        found.append(curve.area(np.where(ends[:, 0] == ends[:, 1], one, one * other)))
    drawn = [area for area in found if area == area]
    if 2 * len(drawn) < draws or min(drawn) == max(drawn):
        return AucInterval(value, float("nan"), float("nan"))
    low, high = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return AucInterval(value, float(low), float(high))


class _Curve:
    """Scores in order, for the area under the curve with many weights."""

    def __init__(self, scores: np.ndarray, alike: np.ndarray) -> None:
        self.order = scores.argsort(kind="stable")
        self.alike = alike[self.order]
        ordered = scores[self.order]
        self.starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])

    def area(self, weights: np.ndarray) -> float:
        """Weighted share of (alike, unlike) in the right order, ties counted half."""
        weights = weights[self.order].astype(float)
        alike = np.add.reduceat(weights * self.alike, self.starts)
        unlike = np.add.reduceat(weights * ~self.alike, self.starts)
        total = alike.sum() * unlike.sum()
        if not total:
            return float("nan")
        return float((alike * (unlike.cumsum() - unlike / 2)).sum() / total)
