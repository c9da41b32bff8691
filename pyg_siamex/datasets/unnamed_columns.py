"""Columns of tables of numbers that have no name, such as the index that pandas writes."""

import logging
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_logger = logging.getLogger(__name__)

_UNNAMED = re.compile(r"\s*(Unnamed: \d+(_level_\d+)?)?\s*")
"""Names of no name; pandas makes the longer ones where it reads a file."""


def without_unnamed(
    frame: "pd.DataFrame", where: str | Path, known: Collection[str] = ()
) -> "pd.DataFrame":
    """A table without columns that have no name and tell nothing.

    These are columns without cells, which a delimiter at the end of each line makes, and columns
    that count the rows from 0 or 1, as :meth:`pandas.DataFrame.to_csv` writes its index. As
    features, they would tell the order of the rows.

    Args:
        frame: The table.
        where: What it is, for messages.
        known: Columns that are asked for, which stay.

    Raises:
        ValueError: If another column has no name.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"": [0, 1, 2], "a": [0.1, 0.2, 0.3]})
        >>> list(without_unnamed(frame, "cells.csv"))
        ['a']
    """
    names = [name for name in frame.columns if isinstance(name, str) and name not in known]
    unnamed = [name for name in names if is_unnamed(name)]
    for name in unnamed:
        values = frame.loc[:, name]
        place = list(frame.columns).index(name) + 1
        if values.ndim > 1:  # twice, which is told elsewhere
            return frame
        if values.isna().all():
            continue
        if not _counts(values):
            raise ValueError(
                f"column {place} of {where} has no name ('{name}'): name it, or take it out"
            )
        _logger.warning(
            "column %d of %s has no name and counts the rows: it is left out (name it to keep it; "
            "pandas writes none with index=False)",
            *(place, where),
        )
    return frame.drop(columns=unnamed) if unnamed else frame


def is_unnamed(name: str) -> bool:
    """Whether a column's name is none.

    Args:
        name: The name.

    Example:
        >>> is_unnamed(""), is_unnamed("Unnamed: 0"), is_unnamed("age")
        (True, True, False)
    """
    return _UNNAMED.fullmatch(name) is not None


def _counts(values: "pd.Series") -> bool:
    """Whether a column holds 0, 1, 2, ... or 1, 2, 3, ..."""
    if values.dtype.kind not in "iuf":
        return False
    found = values.to_numpy(dtype=float, na_value=np.nan)
    return bool(len(found)) and found[0] in (0, 1) and bool((np.diff(found) == 1).all())
