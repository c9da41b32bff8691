"""Whether probabilities are the shares that they claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)
"""Bounds of the bins: narrow at the ends, where a probability promises most."""


@dataclass(frozen=True)
class ReliabilityBin:
    """Pairs whose probability is in one range.

    Attributes:
        low: Least probability of the range.
        high: End of the range, exclusive except for 1.
        pairs: Number of pairs.
        claimed: Mean probability of the pairs, in [0, 1].
        found: Share of the pairs that are alike, in [0, 1].
    """

    low: float
    high: float
    pairs: int
    claimed: float
    found: float


@dataclass(frozen=True)
class Reliability:
    """How well probabilities agree with what is found.

    Attributes:
        bins: The ranges that hold pairs, from low to high.
        brier: Mean squared difference of probability and outcome, in [0, 1]; low is good.
        brier_of_share: The same for the share of alike pairs as everyone's probability. A
            probability that knows something has a lower ``brier``.
        error: Expected calibration error: mean over pairs of the difference of ``claimed`` and
            ``found`` in their bin, in [0, 1]; low is good.
    """

    bins: list[ReliabilityBin]
    brier: float
    brier_of_share: float
    error: float


def reliability(probability: Tensor, alike: Tensor, edges: Sequence[float] = EDGES) -> Reliability:
    r"""Compare probabilities with outcomes (reliability diagram; Brier, 1950).

    Args:
        probability: Of each pair, ``[P]`` in [0, 1].
        alike: 1 or 0 for each pair, ``[P]``.
        edges: Ascending bounds of the bins, from 0 to 1.

    Raises:
        ValueError: If there is no pair, lengths differ, or a probability is outside [0, 1].

    Example:
        >>> from pyg_siamex.metric.reliability import reliability
        >>> found = reliability(torch.tensor([0.95, 0.95, 0.2]), torch.tensor([1.0, 0.0, 0.0]))
        >>> [(bin.pairs, bin.found) for bin in found.bins]
        [(1, 0.0), (2, 0.5)]
    """
    p, y = probability.double(), alike.double()
    if len(p) == 0 or p.shape != y.shape:
        raise ValueError(f"give a probability and an outcome per pair (got {len(p)} and {len(y)})")
    if not bool(((p >= 0) & (p <= 1)).all()):
        raise ValueError("probabilities must be in [0, 1]")
    place = torch.bucketize(p, torch.tensor(edges[1:-1], dtype=p.dtype), right=True)
    bins = []
    for k, (low, high) in enumerate(pairwise(edges)):
        inside = place == k
        if bool(inside.any()):
            claimed, found = float(p[inside].mean()), float(y[inside].mean())
            bins.append(ReliabilityBin(low, high, int(inside.sum()), claimed, found))
    gaps = sum(b.pairs * abs(b.claimed - b.found) for b in bins)
    brier, share = float((p - y).square().mean()), y.mean()
    return Reliability(bins, brier, float((share - y).square().mean()), gaps / len(p))
