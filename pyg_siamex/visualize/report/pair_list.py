"""All pairs of a page as the rows of a table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Any

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import name_of
from pyg_siamex.visualize.report.pair.measures import warnings_of
from pyg_siamex.visualize.report.rendering import plain

_LONGEST = 70
"""Letters of a name in the table."""

_FIRST = 20
"""Rows that the page shows without its script."""

_COLUMNS = ("pair", "query", "reference", "similarity")
_MEASURED = ("carried share", "completeness error", "insertion \u2212 deletion", "warnings")


@dataclass(frozen=True)
class PairList:
    """The table of all pairs.

    Attributes:
        total: Number of pairs.
        note: Which of them are drawn, and why these.
        columns: Names of the columns.
        first: The first rows, as text.
        data: All rows, and the key of each pair that is drawn.
    """

    total: int
    note: str
    columns: list[str]
    first: list[list[str]]
    data: dict[str, Any]


def pair_list(
    explanations: Sequence[PairExplanation],
    names: Sequence[tuple[str, str]],
    trusts: Mapping[int, Mapping[str, Any]],
    drawn: Mapping[int, str],
    order: Sequence[int],
    note: str,
) -> PairList:
    """Collect the table.

    Args:
        explanations: P explanations.
        names: Names of query and reference of each.
        trusts: What is known of the trust of each pair, by position.
        drawn: Key of each pair that is drawn, by position.
        order: Positions in the order of the rows.
        note: Which are drawn.
    """
    rows = [
        [k + 1, *map(_short, names[k]), found.prediction, *_measured(found, trusts[k])]
        for k, found in ((k, explanations[k]) for k in order)
    ]
    known = [*range(len(_COLUMNS)), *_known(rows, range(len(_COLUMNS), len(rows[0])))]
    columns = [(*_COLUMNS, *_MEASURED)[column] for column in known]
    rows = [[row[column] for column in known] for row in rows]
    keys = [drawn.get(k) for k in order]
    data = plain({"rows": rows, "drawn": keys})
    first = [[_text(value) for value in row] for row in rows[:_FIRST]]
    return PairList(len(rows), note, columns, first, data)


def _measured(explanation: PairExplanation, trust: Mapping[str, Any]) -> list[float | int | None]:
    curves = [c for c in trust.get("curves", {}).values() if not isnan(c["effect"])]
    gains = [curve["insertion"] - curve["deletion"] for curve in curves]
    warnings = len(warnings_of(explanation, trust, ("query", "reference")))
    error, known = explanation.completeness_error, explanation.carried
    told = known is not None and known.possible and known.whole != 0
    return [
        _rounded(known.parts / known.whole if known is not None and told else None),
        _rounded(error if error is not None and isfinite(error) else None),
        _rounded(sum(gains) / len(gains) if gains else None),
        warnings,
    ]


def _known(rows: Sequence[Sequence[Any]], columns: Collection[int]) -> list[int]:
    """Find the columns with at least one value that is not empty or 0."""
    return [column for column in columns if any(row[column] for row in rows)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _short(name: str) -> str:
    return name_of(name, _LONGEST)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, float) else str(value)
