"""Which connections of a connectivity matrix become edges."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor


class Threshold(ABC):
    """Chooses connections by their strength, the absolute value of a symmetric matrix."""

    @abstractmethod
    def keep(self, strength: Tensor) -> Tensor:
        """Connections that stay.

        Args:
            strength: ``[R, R]``, symmetric, not negative, zeros on the diagonal.

        Returns:
            Bool ``[R, R]``, symmetric. Connections of strength 0 are never edges.
        """


@dataclass(frozen=True)
class Nonzero(Threshold):
    """Every connection that is not 0, as in matrices that were thresholded before."""

    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`Threshold`."""
        return strength > 0


@dataclass(frozen=True)
class Density(Threshold):
    """The strongest connections, a fixed share of all (proportional thresholding).

    All graphs get the same number of edges, as far as they have as many connections; of equal
    strengths the one that stands first in the matrix is kept.

    Args:
        density: Share of the R(R-1)/2 connections, in (0, 1].

    Raises:
        ValueError: If the density is out of range.
    """

    density: float

    def __post_init__(self) -> None:
        if not 0 < self.density <= 1:
            raise ValueError(f"density must be in (0, 1] (got {self.density})")

    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`Threshold`."""
        row, col = torch.triu_indices(len(strength), len(strength), offset=1)
        values = strength[row, col]
        count = max(1, round(self.density * len(values)))
        chosen = values.argsort(descending=True, stable=True)[:count]
        out = torch.zeros_like(strength, dtype=torch.bool)
        out[row[chosen], col[chosen]] = values[chosen] > 0
        return out | out.T


@dataclass(frozen=True)
class AtLeast(Threshold):
    """Connections of at least a given strength (absolute thresholding).

    Args:
        value: Smallest strength, in the matrix's unit, at least 0.

    Raises:
        ValueError: If the value is negative or not finite.
    """

    value: float

    def __post_init__(self) -> None:
        if not 0 <= self.value < float("inf"):
            raise ValueError(f"value must be at least 0 and finite (got {self.value})")

    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`Threshold`."""
        return (strength >= self.value) & (strength > 0)


@dataclass(frozen=True)
class NearestNeighbours(Threshold):
    """Each ROI's ``k`` strongest connections; one that either end chose is an edge.

    No ROI is isolated that has a connection at all.

    Args:
        k: Connections that each ROI chooses, at least 1; all where it has fewer.

    Raises:
        ValueError: If k is below 1.
    """

    k: int

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"k must be at least 1 (got {self.k})")

    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`Threshold`."""
        chosen = strength.argsort(dim=1, descending=True, stable=True)[:, : self.k]
        out = torch.zeros_like(strength, dtype=torch.bool).scatter_(1, chosen, True)
        return (out | out.T) & (strength > 0)
