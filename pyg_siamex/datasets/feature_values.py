"""Numbers of features that graphs do not hold as they are, and numbers that may be none."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pyg_siamex.datasets.missing_code import missing_codes

if TYPE_CHECKING:
    import pandas as pd

_logger = logging.getLogger(__name__)

_FEWEST = 3
"""Fewest different numbers of a column that must not become one."""


def not_held(
    features: "pd.DataFrame", values: np.ndarray, names: Sequence[str], scaled: bool
) -> str:
    """Describe the first number or column that is lost in the precision that is read.

    Graphs hold single precision, and transformers read double precision.

    Args:
        features: The columns of the table.
        values: Their numbers in double precision, ``[rows, columns]``.
        names: Names of the rows.
        scaled: Whether a transformer reads the columns.

    Returns:
        What is wrong; empty if nothing is.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"time": [1.7e9, 1.7e9 + 1, 1.7e9 + 2]})
        >>> not_held(frame, frame.to_numpy(), ["a", "b", "c"], scaled=False)[:32]
        "column 'time' has 3 different nu"
    """
    columns = [str(column) for column in features.columns]
    return _too_large(values, names, columns) or _merged(features, values, scaled)


def not_finite(values: np.ndarray, names: Sequence[str], columns: Sequence[str]) -> str:
    """Describe the first cell that is not finite; empty if all are finite.

    Args:
        values: Numbers, ``[rows, columns]``.
        names: Names of the rows.
        columns: Names of the columns.

    Example:
        >>> not_finite(np.array([[0.1], [0.2]]), ["a", "b"], ["age"])
        ''
    """
    with np.errstate(over="ignore"):
        broken = np.argwhere(~np.isfinite(values.astype(np.float32)))
    if not len(broken):
        return ""
    empty = np.flatnonzero(~np.isfinite(values).any(axis=0))
    if len(empty) and len(values) > 1:
        return f"column '{columns[empty[0]]}' has no finite value in any row: leave the column out"
    row, column = broken[0]
    return (
        f"row '{names[row]}' has no finite value in column '{columns[column]}' ({len(broken)} such "
        f"cells): leave the rows out, or split with scaling that fills them, such as "
        f"make_pipeline(SimpleImputer(), StandardScaler())"
    )


def warn_of_codes(values: np.ndarray, columns: Sequence[str]) -> None:
    """Log columns with numbers that usually stand for a missing value, far from all others.

    Args:
        values: Numbers, ``[rows, columns]``.
        columns: Names of the columns.

    Example:
        >>> warn_of_codes(np.array([[0.1], [0.2]]), ["age"])
    """
    for k, column in enumerate(columns):
        codes = missing_codes(values[np.isfinite(values[:, k]), k])
        if codes:
            _logger.warning(
                "column '%s' has %s, far from its other numbers: empty such cells, or leave their "
                "rows out, if it stands for a missing value",
                *(column, ", ".join(f"{code:g}" for code in codes)),
            )


def _too_large(values: np.ndarray, names: Sequence[str], columns: Sequence[str]) -> str:
    """Describe the first number that single precision does not hold; empty if it holds all.

    Small numbers beside others are 0 there; a column of nothing else is described too.
    """
    most, least = np.finfo(np.float32).max, np.finfo(np.float32).tiny
    broken = np.argwhere(np.isfinite(values) & (np.abs(values) > most))
    if not len(broken):
        largest = np.nanmax(np.where(np.isfinite(values), np.abs(values), 0), axis=0, initial=0)
        faint = np.flatnonzero((largest > 0) & (largest < least))
        if not len(faint):
            return ""
        return (
            f"column '{columns[faint[0]]}' has numbers up to {largest[faint[0]]:g}, which single "
            f"precision holds as 0: give the column in a smaller unit"
        )
    row, column = broken[0]
    return (
        f"row '{names[row]}' has {values[row, column]:g} in column '{columns[column]}', beyond "
        f"{most:.1e}: give the column in a larger unit"
    )


def _merged(features: "pd.DataFrame", values: np.ndarray, scaled: bool) -> str:
    """Describe the first column whose different numbers become one; empty if there is none."""
    kind = np.float64 if scaled else np.float32
    for k, column in enumerate(features.columns):
        known = values[np.isfinite(values[:, k]), k]
        step = float(np.abs(known).max(initial=0.0)) * float(np.finfo(kind).eps)
        if float(known.std() if len(known) else 0.0) > step:
            continue
        if features[column].nunique() >= _FEWEST and len(np.unique(known.astype(kind))) == 1:
            way = "" if scaled else ", or give `scaling`"
            return (
                f"column '{column}' has {features[column].nunique()} different numbers near "
                f"{known[0]:.17g}, which {'double' if scaled else 'single'} precision cannot tell "
                f"apart: subtract a constant, such as the smallest number{way}"
            )
    return ""
