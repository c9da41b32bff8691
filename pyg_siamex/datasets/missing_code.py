"""Numbers that tables write where nothing was measured."""

from collections.abc import Sequence

import numpy as np

_CODES = (-9999, -8888, -7777, -999, -888, -777, -99, -88, -77, -9, 777, 888, 999, 7777, 8888, 9999)
_FENCE = 3.0
_EIGHTH = 0.125


def is_code(number: float | None) -> bool:
    """Whether a number is a usual code for a missing value.

    Args:
        number: The number, or ``None``.

    Example:
        >>> is_code(-9999.0), is_code(9.0), is_code(None)
        (True, False, False)
    """
    return number in _CODES


def codes_among_correlations(values: np.ndarray) -> list[float]:
    """The usual codes for missing values, where all other numbers are in [-1, 1].

    Args:
        values: Finite numbers.

    Example:
        >>> codes_among_correlations(np.array([0.2, 999, -1])), codes_among_correlations(np.eye(2))
        ([999.0], [])
    """
    beyond = np.unique(values[np.abs(values) > 1])
    coded = 0 < len(beyond) <= len(_CODES) and np.isin(beyond, _CODES).all()
    fractions = bool((values % 1 != 0).any())  # counts have none
    return [float(code) for code in beyond] if coded and fractions else []


def missing_codes(values: Sequence[float] | np.ndarray) -> list[float]:
    """The usual codes for missing values among numbers that lie far from all other numbers.

    Far means more than three times the spread outside the quartiles of the others, where the spread
    is the interquartile range or half the range, whichever is larger.

    Args:
        values: Finite numbers.

    Example:
        >>> missing_codes([20, 31, 25, -9999, -8888]), missing_codes([-120, -99, -80, -60])
        ([-9999.0, -8888.0], [])
    """
    numbers = np.asarray(values, dtype=float)
    others = numbers[~np.isin(numbers, _CODES)]
    if not len(others):
        return []
    others = others * _EIGHTH  # so that no difference overflows
    low, high = np.quantile(others, [0.25, 0.75])
    reach = _FENCE * max(high - low, np.ptp(others) / 2)
    found = [float(code) for code in _CODES if code in numbers]
    return [code for code in found if not low - reach <= code * _EIGHTH <= high + reach]
