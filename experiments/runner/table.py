"""Tables in Markdown, and means with their intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student


def interval(values: Sequence[float] | np.ndarray | pd.Series, level: float = 0.95) -> float:
    """Half width of the interval of a mean (Student's t), NaN for fewer than two values."""
    found = np.asarray(values, dtype=float)
    if len(found) < 2:
        return float("nan")
    quantile = student.ppf((1 + level) / 2, len(found) - 1)
    return float(quantile * found.std(ddof=1) / np.sqrt(len(found)))


def mean_and_interval(values: Sequence[float] | np.ndarray | pd.Series, digits: int = 3) -> str:
    """``mean ± half width`` of the 95 % interval; the mean alone for a single value."""
    found, half = np.asarray(values, dtype=float), interval(values)
    mean = f"{found.mean():.{digits}f}"
    return mean if np.isnan(half) else f"{mean} ± {half:.{digits}f}"


def significant(value: float, digits: int = 3) -> str:
    """Rounded to so many significant digits and written without an exponent: 1,480 or 0.00546."""
    rounded = float(f"{value:.{digits}g}")
    whole = int(f"{rounded:e}".partition("e")[2])  # digits before the point, less one
    return f"{rounded:,.{max(0, digits - 1 - whole)}f}"


def framed(cells: Mapping[Any, Mapping[str, object]], *names: str) -> pd.DataFrame:
    """A frame of cells by row and column, in their order; no rows make a frame of none.

    Args:
        cells: Row to column to cell; the row is a tuple where the index has several names.
        names: Names of the index.
    """
    several = len(names) > 1
    index = (
        pd.MultiIndex.from_tuples(list(cells), names=names)
        if several
        else pd.Index(list(cells), name=names[0])
    )
    return pd.DataFrame(list(cells.values()), index=index)


def markdown(frame: pd.DataFrame) -> str:
    """A frame of texts as a Markdown table: index first, missing cells empty."""
    head = [*(str(name or "") for name in frame.index.names), *map(str, frame.columns)]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for index, row in zip(frame.index, frame.to_numpy(dtype=object), strict=True):
        first = index if isinstance(index, tuple) else (index,)
        cells = [str(cell) for cell in first] + ["" if pd.isna(c) else str(c) for c in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
