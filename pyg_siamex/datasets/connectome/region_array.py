"""An array whose columns are regions, with the regions' names where a file has them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SAME = 1e-5
"""Most that a matrix and its transpose differ by rounding, of the largest value."""


@dataclass(frozen=True)
class RegionArray:
    """A connectivity matrix ``[R, R]`` or a time series ``[T, R]``.

    Attributes:
        values: The numbers.
        names: Name of each region, in the order of the columns, or ``None``.

    Raises:
        ValueError: If there is not one name per column, one is empty, or one occurs twice.
    """

    values: np.ndarray
    names: list[str] | None = None

    def __post_init__(self) -> None:
        if self.names is None:
            return
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise ValueError(
                f"there are {len(self.names)} names of regions for an array of shape "
                f"{list(self.values.shape)}"
            )
        if "" in self.names:
            raise ValueError(f"column {self.names.index('') + 1} has no name in the header")
        twice = next((n for k, n in enumerate(self.names) if n in self.names[:k]), None)
        if twice is not None:
            raise ValueError(f"two regions are named '{twice}': rename one")

    @property
    def is_square(self) -> bool:
        """Whether it can be a matrix; a time series rarely has as many time points as regions."""
        return self.values.ndim == 2 and self.values.shape[0] == self.values.shape[1]

    @classmethod
    def of_square(
        cls, values: np.ndarray, rows: Sequence[str] | None, columns: Sequence[str] | None
    ) -> "RegionArray":
        """A matrix whose rows and columns may both have names, rows put in the columns' order.

        Numbers that only count (0, 1, ... or 1, 2, ...) give way to other names.

        Args:
            values: ``[R, R]``.
            rows: Name of each row, or ``None``.
            columns: Name of each column, or ``None``.

        Raises:
            ValueError: If rows and columns are not the same regions.
        """
        if rows is None or columns is None or list(rows) == list(columns) or is_count(rows):
            found = rows if columns is None else columns
            return cls(values, None if found is None else list(found))
        if is_count(columns):
            return cls(values, list(rows))
        named = cls(values, list(columns))
        if set(rows) != set(columns) or len(rows) != len(columns):
            place = next(k for k, (a, b) in enumerate(zip(rows, columns, strict=True)) if a != b)
            raise ValueError(
                f"row {place + 1} is region '{rows[place]}' and column {place + 1} is region "
                f"'{columns[place]}', and rows and columns are not the same regions"
            )
        places = {name: k for k, name in enumerate(rows)}
        order = [places[name] for name in columns]
        return cls(named.values[order], named.names)


def nearly_square(shape: Sequence[int]) -> str:
    """A question about an array that is a series by its shape, and almost a matrix.

    Args:
        shape: Its shape.

    Returns:
        A clause that begins with a semicolon, empty for other shapes.

    Example:
        >>> nearly_square([6, 7])
        '; if it is a matrix, it has a column too many or a row too few: look at ...'
        >>> nearly_square([120, 90])
        ''
    """
    rows, columns = shape
    if rows < 2 or abs(rows - columns) != 1:
        return ""
    more, less = ("column", "row") if columns > rows else ("row", "column")
    return (
        f"; if it is a matrix, it has a {more} too many or a {less} too few: look at its first "
        f"line and its last column"
    )


def is_symmetric(values: np.ndarray) -> bool:
    """Whether an array is a symmetric matrix, of three regions or more.

    Args:
        values: Numbers. Two that are both missing (NaN) are the same.

    Example:
        >>> is_symmetric(np.eye(3)), is_symmetric(np.arange(9.0).reshape(3, 3))
        (True, False)
    """
    if values.ndim != 2 or values.shape[0] != values.shape[1] or len(values) < 3:
        return False
    values = values.astype(float) if values.dtype.kind in "bu" else values  # which have no minus
    with np.errstate(all="ignore"):
        gap, largest = np.abs(values - values.T), np.nanmax(np.abs(values), initial=0)
    same = (gap <= SAME * largest) | (values == values.T)
    return bool((same | (np.isnan(values) & np.isnan(values.T))).all())


def are_last(values: np.ndarray) -> bool:
    """Whether the subjects of a stack are its last axis, since its matrices are symmetric so alone.

    Args:
        values: Numbers, ``[S, R, R]`` or ``[R, R, S]``.

    Example:
        >>> stack = np.random.default_rng(0).random((4, 3, 3))
        >>> stack = stack + stack.transpose(0, 2, 1)
        >>> are_last(stack), are_last(np.moveaxis(stack, 0, 2))
        (False, True)
    """
    if values.shape[0] != values.shape[1] or not all(map(is_symmetric, np.moveaxis(values, 2, 0))):
        return False
    return not all(map(is_symmetric, values))


def check_first(values: np.ndarray, what: object) -> None:
    """Refuse a stack of matrices whose subjects are its last axis.

    Args:
        values: Numbers, in three dimensions.
        what: The array, for messages.

    Raises:
        ValueError: Says how to move the axis.

    Example:
        >>> check_first(np.zeros((4, 3, 3)), "study.npy")
    """
    if are_last(values):
        raise ValueError(
            f"{what} has shape {list(values.shape)}, and matrices that are symmetric along its "
            f"first two axes alone: put the subjects first, np.moveaxis(array, 2, 0)"
        )


def which_series(arrays: Sequence[np.ndarray]) -> list[bool]:
    """Which arrays are time series: those that are not square, and square ones among more of them.

    Args:
        arrays: Matrices ``[R, R]`` or time series ``[T, R]``, where T may be R.

    Example:
        >>> which_series([np.eye(3), np.zeros((9, 3))])
        [False, True]
        >>> square = np.arange(9.0).reshape(3, 3)
        >>> which_series([square]), which_series([square, np.zeros((9, 3)), np.zeros((8, 3))])
        ([False], [True, True, True])
    """
    tables = [array for array in arrays if array.ndim == 2]
    most = 2 * sum(array.shape[0] != array.shape[1] for array in tables) > len(tables)
    return [
        array.ndim == 2 and (array.shape[0] != array.shape[1] or (most and not _is_matrix(array)))
        for array in arrays
    ]


def _is_matrix(array: np.ndarray) -> bool:
    """Whether a square array is no time series."""
    return array.dtype.kind not in "biuf" or is_symmetric(array)


def is_count(names: Sequence[str]) -> bool:
    """Whether names only count from 0 or from 1, in order, and so name nothing.

    Example:
        >>> is_count(["1", "2", "3"]), is_count(["1001", "1002"])
        (True, False)
    """
    return any(list(names) == [str(k + start) for k in range(len(names))] for start in (0, 1))
