"""Matrices from their triangles, written as vectors."""

from math import isqrt
from typing import Literal, get_args

import numpy as np

Triangle = Literal["upper", "lower"]


def check_triangle(triangle: str | None) -> None:
    """Refuse an order of a triangle that is unknown.

    Args:
        triangle: The order, or ``None`` for none.

    Raises:
        ValueError: If it is neither ``"upper"`` nor ``"lower"``.

    Example:
        >>> check_triangle("upper")
    """
    if triangle is not None and triangle not in get_args(Triangle):
        raise ValueError(f"triangle must be 'upper' or 'lower' (got '{triangle}')")


def is_triangle(length: int) -> bool:
    """Whether a triangle without its diagonal, of three regions or more, has this length.

    Args:
        length: Number of entries.

    Example:
        >>> [length for length in range(12) if is_triangle(length)]
        [3, 6, 10]
    """
    regions = (1 + isqrt(1 + 8 * length)) // 2
    return regions >= 3 and length == regions * (regions - 1) // 2


def from_triangle(vector: np.ndarray, triangle: Triangle, size: int | None = None) -> np.ndarray:
    """The symmetric matrix of a vector.

    Args:
        vector: Entries of one triangle, ``[R (R - 1) / 2]``, or ``[R (R + 1) / 2]`` with the
            diagonal, which needs ``size``.
        triangle: ``"upper"`` for 1-2, 1-3, ..., 2-3, ...: rows of the upper triangle, as
            ``squareform`` of SciPy and MATLAB writes them. ``"lower"`` for 1-2, 1-3, 2-3, ...: rows
            of the lower triangle, as nilearn and MATLAB's ``A(triu(true(R), 1))`` write them.
        size: R. Default: as many as give this length without the diagonal.

    Returns:
        ``[R, R]``; a diagonal that is not given is 1.

    Raises:
        ValueError: If ``triangle`` is unknown, no number of regions gives this length, or, without
            ``size``, the numbers seem to hold a diagonal.

    Example:
        >>> from_triangle(np.array([0.1, 0.2, 0.3]), "upper").tolist()
        [[1.0, 0.1, 0.2], [0.1, 1.0, 0.3], [0.2, 0.3, 1.0]]
    """
    check_triangle(triangle)
    values = np.asarray(vector, dtype=float).ravel()
    regions = (1 + isqrt(1 + 8 * len(values))) // 2 if size is None else size
    with_diagonal = len(values) == regions * (regions + 1) // 2
    if len(values) != regions * (regions - 1) // 2 and not with_diagonal:
        raise ValueError(
            f"a vector of {len(values)} numbers is no triangle of {regions} regions"
            if size is not None
            else f"a vector of {len(values)} numbers is no triangle of any number of regions"
        )
    if size is None:
        _check_diagonal(values, triangle, regions - 1)
    row, column = _places(regions, triangle, 0 if with_diagonal else 1)
    out = np.eye(regions)
    out[row, column] = out[column, row] = values
    return out


_FEWEST = 6
"""Fewest whole numbers on a diagonal that are the same, and no others, by no chance."""


def _places(regions: int, triangle: Triangle, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each number of a vector."""
    if triangle == "upper":
        row, column = np.triu_indices(regions, offset)
    else:
        row, column = np.tril_indices(regions, -offset)
    return row, column


def _check_diagonal(values: np.ndarray, triangle: Triangle, regions: int) -> None:
    """Refuse numbers that have one value where a region fewer has its diagonal, and only there.

    The diagonal is looked for in both orders, since one may be given for the other.
    """
    for order in get_args(Triangle):
        if not _has_diagonal(values, order, regions):
            continue
        other = "" if order == triangle else f", and read it as the '{order}' triangle"
        raise ValueError(
            f"a vector of {len(values)} numbers is the triangle of {regions + 1} regions, and has "
            f"one value everywhere where the {order} triangle of {regions} regions has its "
            f"diagonal, and nowhere else: leave the diagonal out{other}"
        )


def _has_diagonal(values: np.ndarray, triangle: Triangle, regions: int) -> bool:
    row, column = _places(regions, triangle, 0)
    diagonal, others = values[row == column], values[row != column]
    if regions < 3 or not _same(diagonal, diagonal[0]).all() or _same(others, diagonal[0]).any():
        return False
    known = others[np.isfinite(others)]
    return len(diagonal) >= _FEWEST or bool((known % 1 != 0).any())


def _same(values: np.ndarray, value: float) -> np.ndarray:
    found: np.ndarray = np.isclose(values, value, rtol=1e-9, atol=0, equal_nan=True)
    return found
