"""Small heat maps and bars as inline SVG, in the page's colours, with their numbers written."""

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import NamedTuple

from markupsafe import Markup

from pyg_siamex.visualize.paper.numbers import decimal, number, power_of_ten
from pyg_siamex.visualize.paper.words import drawable, name_of

_CELL, _ROW = 56.0, 26.0
"""Width and height of a cell in pixels."""

_LETTER = 7.4
"""Width of a letter."""

_LONGEST = 22
"""Letters of a name."""

_BAR = 190.0
"""Length of the longest bar."""


class Chart(NamedTuple):
    """A picture and what its numbers are written in.

    Attributes:
        svg: The picture.
        unit: A sentence on the unit of the numbers; empty where there is none.
    """

    svg: Markup
    unit: str


def heat_map(
    matrix: Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    label: str,
) -> Chart:
    """Draw a matrix with its numbers; values that are not finite are empty cells.

    Args:
        matrix: Values by row.
        rows: Name of each row.
        columns: Name of each column.
        label: What it is, for those who do not see it.
    """
    limit, unit = _scale(value for row in matrix for value in row)
    names, heads = [_name(row) for row in rows], [_name(column) for column in columns]
    left = _LETTER * max(map(len, names)) + 10
    top = _LETTER * max(map(len, heads)) + 10
    width, height = left + _CELL * len(heads) + 2, top + _ROW * len(names) + 2
    parts = [_open("heat", width, height, label)]
    for k, name in enumerate(heads):
        x, y = left + (k + 0.6) * _CELL, top - 6
        parts.append(
            Markup('<text class="head" transform="translate({:.1f} {:.1f}) rotate(-90)">{}</text>')
            .format(x, y, name)
        )  # fmt: skip
    for i, name in enumerate(names):
        y = top + i * _ROW
        parts.append(_text(left - 6, y + 17, name, "head", "end"))
        for j, value in enumerate(matrix[i]):
            what = f"{drawable(rows[i])}, {drawable(columns[j])}"
            parts.append(_cell(left + j * _CELL, y, float(value), limit, unit, what))
    return Chart(Markup("").join([*parts, Markup("</svg>")]), _words(unit))


def bars(
    names: Sequence[str],
    values: Sequence[Sequence[float]],
    series: Sequence[str],
    label: str,
) -> Chart:
    """Draw horizontal bars from a common zero, one below the other for each name.

    Args:
        names: What each group of bars is of.
        values: For each name, a value of each series; NaN for none.
        series: Names of one or two series; bars of the second are hollow.
        label: What it is, for those who do not see it.
    """
    _, unit = _scale(value for row in values for value in row)
    known = [value for row in values for value in row if isfinite(value)]
    high, low = max(0.0, *known), min(0.0, *known)
    span = high - low or 1.0
    shown = [_name(name) for name in names]
    left = _LETTER * max(map(len, shown)) + 66
    zero = left - low / span * _BAR
    step, thick = 16.0 * len(series) + 10, 13.0
    width, height = left + _BAR + 62, step * len(shown) + 6
    parts = [_open("bars", width, height, label)]
    for i, name in enumerate(shown):
        parts.append(_text(left - 60, i * step + step / 2 + 6, name, "name", "end"))
        for k, value in enumerate(values[i]):
            if isfinite(value):
                y = 5 + i * step + 16 * k
                what = f"{drawable(names[i])}, {series[k]}: {_number(value, unit)}"
                parts.append(_bar(zero, y, value / span * _BAR, thick, k == 1, what))
                end = zero + value / span * _BAR
                anchor = "start" if value >= 0 else "end"
                at = end + (4 if value >= 0 else -4)
                parts.append(_text(at, y + 11, _number(value, unit), "number", anchor))
    line = '<line class="zero" x1="{0:.1f}" x2="{0:.1f}" y1="0" y2="{1:.1f}"/></svg>'
    return Chart(Markup("").join([*parts, Markup(line).format(zero, height)]), _words(unit))


def _scale(values: Iterable[float]) -> tuple[float, float]:
    """Find the largest magnitude and the power of ten that numbers are written in."""
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0) or 1.0
    return largest, 10.0 ** power_of_ten(largest)


def _words(unit: float) -> str:
    return "" if unit == 1 else f" Numbers are in units of {number(unit)}."


def _open(mark: str, width: float, height: float, label: str) -> Markup:
    return Markup(
        '<svg class="{0}" width="{1:.0f}" height="{2:.0f}" viewBox="0 0 {1:.0f} {2:.0f}" '
        'role="img" aria-label="{3}" xmlns="http://www.w3.org/2000/svg">'
    ).format(mark, width, height, drawable(label))


def _cell(x: float, y: float, value: float, limit: float, unit: float, what: str) -> Markup:
    centre = x + _CELL / 2, y + 17
    box = (
        '<g class="{}" style="--a:{:.3f}"><title>{}: {}</title>'
        '<rect x="{:.1f}" y="{:.1f}" width="{}" height="{}"/>'
    )
    if not isfinite(value):
        dash = _text(*centre, "\u2013", "none", "middle")
        return (
            Markup(box).format("empty", 0, what, "no such pair", x, y, _CELL, _ROW) + dash + _CLOSE
        )
    sign, strength = "minus" if value < 0 else "plus", min(abs(value) / limit, 1.0)
    text = _number(value, unit)
    number = _text(*centre, text, "value", "middle")
    return Markup(box).format(sign, strength, what, text, x, y, _CELL, _ROW) + number + _CLOSE


def _bar(zero: float, y: float, length: float, thick: float, other: bool, what: str) -> Markup:
    kind = "minus" if length < 0 else "plus"
    return Markup(
        '<g class="{}{}"><title>{}</title>'
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}"/></g>'
    ).format(kind, " other" if other else "", what, min(zero, zero + length), y, abs(length), thick)


def _text(x: float, y: float, text: str, mark: str, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        mark, x, y, anchor, text
    )


def _number(value: float, unit: float) -> str:
    return decimal(value / unit)


def _name(name: str) -> str:
    return name_of(name, _LONGEST)


_CLOSE = Markup("</g>")
