"""Measured values in a column of a table."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import numpy as np


def check_differing(
    values: Sequence[float | None], column: str, path: Path, unread: str = ""
) -> None:
    """Refuse measured values in which nothing differs.

    Args:
        values: A number each, or ``None``.
        column: Name of their column, for messages.
        path: The table, for messages.
        unread: Why the first row has no number, if one has none.

    Raises:
        ValueError: If there are fewer than two numbers, all are equal, or their deviation is 0 or
            not finite in floating point.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        why = f" ({unread})" if unread else ""
        raise ValueError(f"'{column}' is a number in {len(known)} rows of {path}{why}")
    with np.errstate(over="ignore", under="ignore"):
        spread = float(np.std(known, ddof=1))
    if not isfinite(spread) or not isfinite(max(known) - min(known)):
        raise ValueError(
            f"'{column}' goes from {min(known):g} to {max(known):g} in {path}: differences of such "
            f"numbers are not finite, so use another unit"
        )
    if not spread and len(set(known)) > 1:
        raise ValueError(
            f"'{column}' goes from {min(known):g} to {max(known):g} in {path}: squares of such "
            f"numbers are 0, so use another unit"
        )
    if len(set(known)) == 1:
        raise ValueError(
            f"'{column}' is {known[0]:g} in all {len(known)} rows of {path} that are compared: "
            f"nothing differs in it, so name another column"
        )
