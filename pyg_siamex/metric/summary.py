"""Summarise a tidy table by means with bootstrap intervals and differences from a control."""

import warnings
from collections.abc import Hashable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import bootstrap

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, shown, whole
from pyg_siamex._versions import drawn_by
from pyg_siamex.metric.consistency import REFERENCE_COLUMNS, SEED_COLUMNS
from pyg_siamex.metric.measure import Measure
from pyg_siamex.metric.table_measures import MEASURES

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {"pair", "method", "seed", "measure", "value"}


@checked
def summarise(
    frame: "pd.DataFrame",
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    measures: Sequence[Measure] = (),
) -> "pd.DataFrame":
    """Mean, bootstrap interval and deviation over seeds of every measure of every method.

    Values of a pair are first averaged over seeds. Pairs are then drawn with replacement
    (percentile bootstrap, Efron and Tibshirani 1993), since pairs, not seeds, are the sample.
    Undefined values are left out and counted.

    Args:
        frame: The table of :func:`evaluate`.
        confidence: Coverage of the interval, in (0, 1).
        resamples: Number of bootstrap samples, at least 1.
        seed: Seed of the draw.
        measures: Custom measures in the table; they define which end of their columns is good.

    Returns:
        One row per method and measure, in the order of the table: ``better``, ``"high"``,
        ``"low"`` or empty if neither is good; ``mean``; ``low`` and ``high``, the interval (``nan``
        for fewer than two pairs); ``median``, which is robust to a few pairs with little to
        explain; ``seed_sd``, standard deviation of the mean over seeds (``nan`` for one seed);
        ``pairs``, the number of pairs with a value; ``undefined``, the number without a value.

    Raises:
        TypeError: If a value is no real number.
        ValueError: If there are no rows, a column is missing or stands twice, a value is given
            twice or infinite, or an argument is out of range.
    """
    frame = _checked(frame, confidence, resamples)
    import pandas as pd

    better, rows = _better(measures), []
    for (method, measure), part in frame.groupby(["method", "measure"], sort=False):
        pairs = part.groupby("pair")["value"].mean()
        rows.append(
            {
                "method": method,
                "measure": measure,
                "better": better.get(measure, ""),
                **_mean(pairs.dropna().to_numpy(), confidence, resamples, seed),
                "median": pairs.median(),
                "seed_sd": part.groupby("seed")["value"].mean().std(ddof=1),
                "pairs": int(pairs.notna().sum()),
                "undefined": int(pairs.isna().sum()),
            }
        )
    return pd.DataFrame(rows)


@checked
def differences(
    frame: "pd.DataFrame",
    to: str = "random",
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    measures: Sequence[Measure] = (),
) -> "pd.DataFrame":
    """Differences of every other method from one method on the same pairs.

    Differences are taken pair by pair, which cancels effects that all methods share on a pair. The
    interval can show that a method beats a control even if the intervals of :func:`summarise`
    overlap.

    Args:
        frame: The table of :func:`evaluate`.
        to: The method to compare to: ``"random"``, ``"oracle"`` or any other.
        confidence: As for :func:`summarise`.
        resamples: As for :func:`summarise`.
        seed: As for :func:`summarise`.
        measures: As for :func:`summarise`.

    Returns:
        One row per other method and common measure: ``better``, ``mean`` difference, ``low``,
        ``high`` and ``pairs``, the number of pairs where both are defined.

    Raises:
        TypeError: If a value is no real number.
        ValueError: If the method is unknown, there are no rows, a column is missing or stands
            twice, a value is given twice or infinite, or an argument is out of range.
    """
    frame = _checked(frame, confidence, resamples)
    if to not in set(frame["method"]):
        raise ValueError(f"there is no method '{to}': choose from {sorted(set(frame['method']))}")
    import pandas as pd

    keys = ["method", "measure", "pair"]
    values = frame.groupby(keys, sort=False)["value"].mean()
    control = values.loc[to]
    better, rows = _better(measures), []
    for (method, measure), part in values.groupby(["method", "measure"], sort=False):
        if method == to or measure not in control.index:
            continue
        known = (part.loc[(method, measure)] - control.loc[measure]).dropna().to_numpy()
        row = {"method": method, "measure": measure, "better": better.get(measure, "")}
        row |= _mean(known, confidence, resamples, seed)
        rows.append({**row, "pairs": len(known)})
    return pd.DataFrame(rows)


def _better(measures: Sequence[Measure]) -> dict[str, str]:
    """Which end of each column is good, by name."""
    known = [column for own in (*MEASURES.values(), *measures) for column in own.columns]
    return {c.name: c.better for c in (*known, *REFERENCE_COLUMNS, *SEED_COLUMNS)}


_DRAWN = 20_000_000
"""Most values that are drawn at once."""


def _mean(values: np.ndarray, confidence: float, resamples: int, seed: int) -> dict[str, float]:
    if len(values) < 2:
        mean = float(values[0]) if len(values) else np.nan
        return {"mean": mean, "low": np.nan, "high": np.nan}
    with warnings.catch_warnings():  # equal values have an interval of width 0
        warnings.simplefilter("ignore")
        interval = bootstrap(
            (values,),
            np.mean,
            confidence_level=confidence,
            n_resamples=resamples,
            method="percentile",
            batch=max(_DRAWN // len(values), 1),
            **drawn_by(bootstrap, np.random.default_rng(seed)),
        ).confidence_interval
    return {"mean": float(values.mean()), "low": float(interval.low), "high": float(interval.high)}


def _checked(frame: "pd.DataFrame", confidence: float, resamples: int) -> "pd.DataFrame":
    """The table with plain keys and numbers as values, after a check of all arguments."""
    import pandas as pd

    missing = _COLUMNS - set(frame.columns)
    if missing:
        raise ValueError(f"the table lacks the columns {sorted(missing)}: give evaluate's table")
    if not len(frame):
        raise ValueError("the table has no rows: give evaluate's table")
    real("confidence", confidence, "(0, 1)")
    whole("resamples", resamples, most=1_000_000, why="pairs are drawn anew for each of them")
    twice = frame.columns[frame.columns.duplicated()].intersection(list(_COLUMNS))
    if len(twice):
        raise ValueError(f"the table has the column '{twice[0]}' twice: leave one out")
    keys = {name: frame[name].astype(object) for name in _COLUMNS - {"value"}}
    for name, column in keys.items():
        odd = next(
            (k for k in column if not isinstance(k, Hashable) or isinstance(k, complex)), None
        )
        if odd is not None:
            raise TypeError(f"the column '{name}' holds a {type(odd).__name__}: give names")
        if column.isna().any():
            raise ValueError(
                f"the column '{name}' lacks {int(column.isna().sum())} of {len(column)} names: "
                f"leave these rows out"
            )
    names = ["pair", "method", "seed", "measure"]
    again = pd.DataFrame(keys)[names].duplicated()
    if again.any():
        row = {name: keys[name].loc[again].iloc[0] for name in names}
        told = ", ".join(f"{name} {shown(value)}" for name, value in row.items())
        raise ValueError(
            f"the table has {int(again.sum()):,} rows that it has before (the first: {told}): of "
            f"tables of other pairs, number the pairs on before they are put together"
        )
    return frame.assign(**keys, value=_numbers(frame["value"]))


def _numbers(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Values as floating numbers, NaN where they are missing."""
    import pandas as pd

    if pd.api.types.is_complex_dtype(values.dtype):
        raise TypeError("the column 'value' has complex numbers: give real ones")
    if not pd.api.types.is_numeric_dtype(values.dtype):
        for one in values:
            if not isinstance(one, Real) and pd.isna(one) is not True:
                raise TypeError(f"the column 'value' must hold numbers (got {shown(one)})")
    found = values.astype(object).where(values.notna(), np.nan).astype(float)
    if np.isinf(found).any():
        raise ValueError(
            f"the value of row {found.index[np.isinf(found)][0]} is infinite: leave the row out"
        )
    return found
