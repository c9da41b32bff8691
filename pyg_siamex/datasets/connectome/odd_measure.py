"""Subjects whose matrix seems to be of another measure than those of most."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_logger = logging.getLogger(__name__)

_MOST = 0.8
_ROUNDING = 1e-4
_FAR = 3.0
"""Fisher's z of correlations is below."""


@dataclass(frozen=True)
class Measured:
    """What a connectivity matrix shows of its measure.

    Attributes:
        called: Name of the subject in messages.
        diagonal: The value of all of its diagonal, or ``None`` if the values differ.
        largest: Largest magnitude off the diagonal.
    """

    called: str
    diagonal: float | None
    largest: float

    @classmethod
    def of(cls, array: np.ndarray, called: str) -> "Measured":
        """Look at a square matrix of real numbers.

        Args:
            array: ``[R, R]``, finite off the diagonal.
            called: Name of the subject in messages.
        """
        values = array.astype(float)
        off = ~np.eye(len(values), dtype=bool)
        largest = float(np.abs(values).max(where=off, initial=0))
        used = (values != 0).any(1, where=off)  # others may be filled
        diagonal = values.diagonal()[used]
        known = bool(used.any() and np.isfinite(diagonal).all())
        same = known and bool(np.ptp(diagonal) <= _ROUNDING)
        return cls(called, round(float(diagonal.mean()), 3) + 0.0 if same else None, largest)


def say_odd(subjects: Sequence[Measured]) -> None:
    """Log the first subject that differs from most in its diagonal or its range.

    Correlations have 1 on the diagonal, and distances 0. Covariances have other values there, and
    leave the range [-1, 1] by far.

    Args:
        subjects: All subjects.

    Example:
        >>> say_odd([Measured("subject 'a'", 1.0, 0.7)])
    """
    usual, count = Counter(one.diagonal for one in subjects).most_common(1)[0]
    apart = [one for one in subjects if one.diagonal != usual]
    if usual is None:
        apart = [one for one in apart if one.diagonal == 1]  # not those without self-connections
    if apart and 2 < count > len(subjects) / 2:
        _say(
            apart,
            f"{_told(apart[0].diagonal)} on its diagonal, and {count} of {len(subjects)} "
            f"have {_told(usual)}",
        )
    within = [one for one in subjects if one.largest <= 1 + _ROUNDING]
    beyond = [one for one in subjects if one.largest > _FAR and one not in apart]
    if beyond and _most(len(within), subjects):
        _say(
            beyond,
            f"values up to {beyond[0].largest:.3g} off its diagonal, and {len(within)} of "
            f"{len(subjects)} have none beyond 1",
        )


def _most(count: int, subjects: Sequence[Measured]) -> bool:
    return count > 2 and count >= _MOST * len(subjects)


def _told(diagonal: float | None) -> str:
    return "different values" if diagonal is None else f"{diagonal:g}"


def _say(odd: Sequence[Measured], what: str) -> None:
    more = f" ({len(odd) - 1} more do not fit either)" if len(odd) > 1 else ""
    _logger.warning(
        "%s has %s%s: look whether it is of the same measure, such as a covariance among "
        "correlations",
        *(odd[0].called, what, more),
    )
