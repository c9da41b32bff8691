"""Whether two measured values differ by at most a limit."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class DifferenceLimit:
    r"""A limit of differences, which a difference that equals it up to rounding does not exceed.

    Decimal fractions such as 0.1 and 0.4 are no binary ones, so that their difference is 0.3 only
    up to rounding. A difference therefore counts as at the limit if it is above it by at most
    :math:`2 \epsilon` times the larger of the two magnitudes and the limit. :math:`\epsilon` is
    that of single precision if all values of a data set are single precision numbers, else that of
    double precision. Differences of whole numbers are exact: where all values are whole, only the
    limit is taken as rounded.

    Attributes:
        limit: The limit.
        single: Whether values are rounded to single precision.
        whole: Whether all values are whole numbers.
    """

    limit: float
    single: bool
    whole: bool

    @classmethod
    def of(cls, values: Tensor, limit: float) -> "DifferenceLimit":
        """The limit for the values of a data set.

        Args:
            values: Value of each graph, ``[n]``.
            limit: Largest difference, in the values' unit.
        """
        values = values.double()
        whole = bool((values == values.round()).all())
        return cls(limit, not whole and bool((values.float() == values).all()), whole)

    def holds(self, one: Tensor, other: Tensor) -> Tensor:
        """Whether values differ by at most the limit.

        Args:
            one: Values.
            other: Values whose shape broadcasts with that of the others.

        Example:
            >>> values = torch.tensor([0.1, 0.4, 0.5])
            >>> DifferenceLimit.of(values, 0.3).holds(values[:1], values)
            tensor([ True,  True, False])
        """
        one, other = one.double(), other.double()
        rounding = 2 * torch.finfo(torch.float if self.single else torch.double).eps
        if self.whole:
            return (one - other).abs() <= self.limit * (1 + rounding)
        largest = torch.maximum(one.abs(), other.abs()).clamp_min(self.limit)
        return (one - other).abs() <= self.limit + rounding * largest
