"""Choose which connections of a connectivity matrix become edges."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, whole


class ConnectionRule(ABC):
    """Chooses connections by their strength, the absolute value of a symmetric matrix."""

    @abstractmethod
    def keep(self, strength: Tensor) -> Tensor:
        """Choose the connections that become edges.

        Args:
            strength: ``[R, R]``, symmetric, not negative, zeros on the diagonal.

        Returns:
            Bool ``[R, R]``, symmetric. Connections of strength 0 are never edges.

        Raises:
            ValueError: If the matrix is not square and symmetric, has NaN, infinite or negative
                numbers, or is not 0 on its diagonal.
        """


def _check_strength(strength: Tensor) -> None:
    """Refuse what is not a matrix of strengths."""
    shape = list(strength.shape)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"`strength` must be a square matrix, [R, R] (got {shape})")
    if not bool((strength >= 0).all()):
        found = "NaN" if bool(strength.isnan().any()) else f"{strength.min().item():g}"
        raise ValueError(
            f"`strength` must hold numbers from 0 (got {found}): give absolute values, and 0 where "
            f"there is no connection"
        )
    if bool(strength.isinf().any()):
        raise ValueError("`strength` must be finite (got inf): put the largest strength there")
    if not torch.allclose(strength, strength.T):
        raise ValueError(
            "`strength` must be symmetric: give (strength + strength.T) / 2, or one triangle twice"
        )
    if bool(strength.diagonal().any()):
        raise ValueError(
            "`strength` must be 0 on its diagonal, where regions meet themselves: use "
            "strength.fill_diagonal_(0)"
        )


@dataclass(frozen=True)
class Nonzero(ConnectionRule):
    """Keep every connection that is not 0, for matrices that are already thresholded."""

    @checked
    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`ConnectionRule`."""
        _check_strength(strength)
        return strength > 0


@checked
@dataclass(frozen=True)
class Density(ConnectionRule):
    """Keep the strongest connections, a fixed share of all (proportional thresholding).

    All graphs get the same number of edges if they have enough nonzero connections. Of equal
    strengths, the one that comes first in the matrix is kept.

    Args:
        density: Share of the R(R-1)/2 connections, in (0, 1].

    Raises:
        ValueError: If the density is out of range.
    """

    density: float

    def __post_init__(self) -> None:
        real("density", self.density, "(0, 1]")

    @checked
    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`ConnectionRule`."""
        _check_strength(strength)
        row, col = torch.triu_indices(len(strength), len(strength), offset=1)
        values = strength[row, col]
        count = max(1, round(self.density * len(values)))
        chosen = values.argsort(descending=True, stable=True)[:count]
        out = torch.zeros_like(strength, dtype=torch.bool)
        out[row[chosen], col[chosen]] = values[chosen] > 0
        return out | out.T


@checked
@dataclass(frozen=True)
class AtLeast(ConnectionRule):
    """Keep connections of at least a given strength (absolute thresholding).

    Args:
        value: Smallest strength, in the matrix's unit, at least 0.

    Raises:
        ValueError: If the value is negative or not finite.
    """

    value: float

    def __post_init__(self) -> None:
        real("value", self.value, "[0, inf)")

    @checked
    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`ConnectionRule`."""
        _check_strength(strength)
        return (strength >= self.value) & (strength > 0)


@checked
@dataclass(frozen=True)
class NearestNeighbours(ConnectionRule):
    """Keep each ROI's ``k`` strongest connections; a connection needs to be chosen by one end.

    Every ROI with a nonzero connection has an edge.

    Args:
        k: Connections that each ROI chooses, at least 1; all if it has fewer.

    Raises:
        ValueError: If k is below 1.
    """

    k: int

    def __post_init__(self) -> None:
        whole("k", self.k)

    @checked
    def keep(self, strength: Tensor) -> Tensor:
        """See :class:`ConnectionRule`."""
        _check_strength(strength)
        chosen = strength.argsort(dim=1, descending=True, stable=True)[:, : self.k]
        out = torch.zeros_like(strength, dtype=torch.bool).scatter_(1, chosen, True)
        return (out | out.T) & (strength > 0)
