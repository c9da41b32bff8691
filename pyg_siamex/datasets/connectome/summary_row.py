"""A row of a time series that sums up the rows above it, and is no time point."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np

_FEWEST_ROWS = 3
"""Fewest rows that a row can sum up."""
_LAST = 4
"""Most rows of summaries below a series."""
_SHOWN = 20
"""Rows that show with how many digits numbers are written."""
_LARGEST = 1e100
"""Largest number, so that no square overflows."""
_SINGLE = 2e-6
"""What sums in single precision lose, of the largest value."""
_PRECISE = 30.0
"""Least spread, in units of what rounding allows, of a direction in which agreement counts."""
_DIGITS = 8.0
"""Fewest digits, over all regions, that a row shares with a summary by no chance."""

_SUMMARIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean": lambda rows: rows.mean(0),
    "sum": lambda rows: rows.sum(0),
    "standard deviation": lambda rows: rows.std(0),
    "standard deviation ": lambda rows: rows.std(0, ddof=1),
}


def check_summary_rows(values: np.ndarray, row: str = "time point") -> None:
    """Refuse a series whose last rows begin with the mean, sum or standard deviation of the others.

    Args:
        values: Numbers, ``[time points, regions]``.
        row: What a row is.

    Raises:
        ValueError: If one of the last rows is, in all regions and as exactly as numbers are
            written, what all rows above it have in the mean, as a sum, or as their standard
            deviation.

    Example:
        >>> check_summary_rows(np.random.default_rng(0).normal(size=(30, 4)))
    """
    if values.dtype.kind == "b":
        return
    with np.errstate(all="ignore"):
        values = values[:, (np.abs(values) < _LARGEST).all(0)]  # also without regions that lack
    for place in range(max(_FEWEST_ROWS, len(values) - _LAST), len(values)):
        above = values[:place].astype(float)
        for name, summary in _SUMMARIES.items():
            terms = place if name == "sum" else 1
            if _agree(values[: place + 1], summary(above), terms):
                raise ValueError(
                    f"row {place + 1} of its numbers, of {len(values)}, is the {name.strip()} of "
                    f"all rows above it, which is no {row}: leave it out"
                )


def _agree(values: np.ndarray, found: np.ndarray, terms: int) -> bool:
    """Whether the last row is a summary up to rounding, in more digits than by chance."""
    above, row = values[:-1].astype(float), values[-1].astype(float)
    spread = above.std(0)
    loss = _SINGLE * np.abs(above).max(0) * terms
    gap = np.abs(row - found)
    if (gap > loss + spread * terms).any():
        return False  # as nearly all rows
    if (np.abs(row) <= loss).all():
        return False  # of signals around 0, which may end there
    units = np.median([_units(one) for one in values[-_SHOWN:-1]], axis=0)
    allowed = loss + 0.5 * np.where(row == 0, units, _units(values[-1])) + 0.5 * units * terms
    if (gap > 1.01 * allowed).any():
        return False
    apart = (above - above.mean(0)) / np.where(allowed > 0, allowed, np.inf)
    along = np.linalg.svd(apart, compute_uv=False) / np.sqrt(len(apart))  # alike regions count once
    return float(np.log10(along[along > _PRECISE]).sum()) >= _DIGITS


def _units(row: np.ndarray) -> np.ndarray:
    """The unit of the last digit with which each number is written, at most 1."""
    exponents = [int(Decimal(str(v)).normalize().as_tuple().exponent) for v in row]
    return 10.0 ** np.minimum(exponents, 0)
