"""Widths of figures in columns of a journal."""

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
    if columns not in _WIDTHS:
        raise ValueError(f"columns must be 1 or 2 (got {columns})")
    if listed < 0:
        raise ValueError(f"listed must be at least 0 (got {listed})")
    return _WIDTHS[columns]
