"""Widths of figures in columns of a journal."""

from pyg_siamex._numbers import whole
from pyg_siamex.visualize.paper.figure import COLUMN_WIDTH, WIDTH

_WIDTHS = {1: COLUMN_WIDTH, 2: WIDTH}


def width_of(columns: int, listed: int = 0) -> float:
    """Width in inches of a figure of one or two columns.

    Args:
        columns: 1 or 2.
        listed: How many edges will be named, at least 0.

    Raises:
        ValueError: If a number is out of its range.

    Example:
        >>> width_of(1)
        3.5
    """
    whole("columns", columns, most=2, why="a page has no more")
    whole("listed", listed, 0)
    return _WIDTHS[columns]
