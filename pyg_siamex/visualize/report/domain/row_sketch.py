"""Two rows of a table as bars, the same columns at the same height."""

from markupsafe import Markup

from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import clipped, drawable
from pyg_siamex.visualize.report.domain.sketch import Sketch
from pyg_siamex.visualize.table.feature_table import FeatureSide, FeatureTable

MOST = 30
"""Columns that are drawn, the most important on either side."""

_LETTERS = 22
"""Letters of a column's name."""

_LINE, _TOP = 24.0, 22.0
"""Height of a column's line and of the head, in pixels."""

_NAME, _NUMBER, _VALUE, _WIDTH = 190.0, 78.0, 70.0, 520.0
"""Widths of names, of importances behind their bars, of values, and of all, in pixels."""


def row_sketches(table: FeatureTable) -> tuple[Sketch, Sketch]:
    """Sketch both rows; a node of the sketch is a column and lies where its bar starts."""
    chosen = table.strongest(MOST)
    query, reference = (_sketch(table, side, chosen) for side in table.sides)
    return query, reference


def _sketch(table: FeatureTable, side: FeatureSide, chosen: list[int]) -> Sketch:
    height = _TOP + _LINE * len(chosen) + 6
    places = [(_NAME, _TOP)] * len(table.columns)
    words = []
    for line, column in enumerate(chosen):
        y = _TOP + _LINE * (line + 0.5)
        places[column] = (_NAME, y)
        words.append(_word(_NAME - 8, y + 4, clipped(table.columns[column], _LETTERS), "end"))
        if side.inputs is not None:
            words.append(_word(_WIDTH - 4, y + 4, _value(float(side.inputs[column])), "end"))
    if side.inputs is not None:
        words.append(_word(_WIDTH - 4, _TOP - 7, side.inputs_name, "end"))
    words.append(_word(_NAME, _TOP - 7, "importance", "start"))
    return Sketch(
        _WIDTH,
        height,
        [places],
        (0.0, _WIDTH - _NAME - _VALUE - _NUMBER),
        after=Markup().join(words),
        drawn=chosen,
    )


def _value(value: float) -> str:
    """Write a value without an exponent where there is room."""
    if 1000 <= abs(value) < 1e7:
        return f"{value:,.0f}".replace("-", "\u2212")
    return number(value)


def _word(x: float, y: float, text: str, anchor: str) -> Markup:
    mark = '<text class="letter" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
    return Markup(mark).format(x, y, anchor, drawable(text))
