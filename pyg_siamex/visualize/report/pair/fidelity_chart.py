"""Fidelity curves of one side as a small chart, and their numbers for the slider."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.report.pair.answer import similarity

_WIDTH, _HEIGHT = 360.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 12.0, 10.0, 26.0
"""Margins in pixels, the left one at least."""

_LETTER = 7.2
"""Width of a digit of the axis in pixels."""


class _Chart(NamedTuple):
    """A chart, and where its axis of shares begins and ends, in pixels."""

    svg: Markup
    start: float
    end: float


class _Frame(NamedTuple):
    """Where shares and similarities lie in the chart, in pixels."""

    low: float
    high: float

    @property
    def left(self) -> float:
        """Margin that has room for the numbers of the axis."""
        return max(_LEFT, 8 + _LETTER * max(len(number(end)) for end in (self.low, self.high)))

    @classmethod
    def around(cls, values: Sequence[float]) -> "_Frame":
        """Make a frame that just holds the values, or half a unit around equal ones."""
        low, high = min(values), max(values)
        return cls(low - 0.5, high + 0.5) if high - low < 1e-9 else cls(low, high)

    def x(self, share: float) -> float:
        """Place a share from left to right."""
        return self.left + (_WIDTH - self.left - _RIGHT) * share

    def y(self, value: float) -> float:
        """Place a similarity from the top down."""
        return (
            _HEIGHT
            - _BOTTOM
            - (_HEIGHT - _TOP - _BOTTOM) * (value - self.low) / (self.high - self.low)
        )

    def line(self, shares: Sequence[float], values: Sequence[float], mark: str) -> Markup:
        """Draw a curve."""
        points = " ".join(
            f"{self.x(share):.1f},{self.y(value):.1f}"
            for share, value in zip(shares, values, strict=True)
        )
        return Markup('<polyline class="{}" points="{}"/>').format(mark, points)


def fidelity_chart(curve: Mapping[str, Any], name: str) -> _Chart:
    """Draw the similarity of the elements kept alone, solid, and of the rest, dashed."""
    frame = _Frame.around([*curve["kept"], *curve["removed"]])
    label = (
        f"Similarity by the share of {name} that is kept alone, and removed: "
        f"from {number(curve['empty'])} with nothing to {number(curve['whole'])} with all of it."
    )
    parts = [
        Markup('<svg class="chart" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">').format(
            _WIDTH, _HEIGHT, label
        ),
        *_axes(frame),
        frame.line(curve["shares"], curve["kept"], "kept"),
        frame.line(curve["shares"], curve["removed"], "removed"),
        Markup('<line class="here" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
            frame.x(1.0), _TOP, _HEIGHT - _BOTTOM
        ),
        Markup("</svg>"),
    ]
    return _Chart(Markup("").join(parts), frame.x(0.0), frame.x(1.0))


def _axes(frame: _Frame) -> list[Markup]:
    """Draw both axes with the numbers at their ends."""
    line = Markup('<path class="axis" d="M{0},{1}V{2}H{3}"/>').format(
        frame.left, _TOP, _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    )
    ends = [
        _text(frame.left - 5, frame.y(value) + 4, number(value), "end")
        for value in (frame.low, frame.high)
    ]
    nothing = _text(frame.left, _HEIGHT - 8, "0 %", "middle")
    everything = _text(_WIDTH - _RIGHT, _HEIGHT - 8, "100 %", "end")
    return [line, *ends, nothing, everything]


def points_of(curve: Mapping[str, Any]) -> list[list[str]]:
    """List what the page prints for each share: number kept, similarities, fidelities."""
    defined = not math.isnan(curve["effect"])
    out = []
    for k in range(len(curve["shares"])):
        plus, minus = curve["fidelity_plus"][k], curve["fidelity_minus"][k]
        out.append(
            [
                f"{curve['selected'][k]:,} of {curve['count']:,}",
                similarity(curve["kept"][k]),
                similarity(curve["removed"][k]),
                _fixed(plus) if defined else "not defined",
                _fixed(minus) if defined else "not defined",
            ]
        )
    return out


def _fixed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212").replace("\u22120.00", "0.00")


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text class="word" x="{}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, text
    )
