"""Lines from query atoms to reference atoms: which of them the model matches."""

from math import hypot
from typing import NamedTuple

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.canvas import Curve
from pyg_siamex.visualize.paper.colour import SIGNED
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.panels import Point
from pyg_siamex.visualize.paper.raster import Canvas

_WIDEST, _NARROWEST = 5.0, 1.2


class Link(NamedTuple):
    """A query atom, a reference atom and their relevance."""

    query: int
    reference: int
    relevance: float


def strongest_links(explanation: PairExplanation, count: int | None) -> list[Link]:
    """Choose the ``count`` pairs of largest relevance; by default five if there is a matrix.

    Raises:
        ValueError: If ``count`` is negative, or above 0 without a pair matrix.
    """
    if count is None:
        count = 0 if explanation.relevance is None else 5
    if count < 0:
        raise ValueError(f"links must be at least 0 (got {count})")
    if count == 0 or (explanation.relevance is not None and not explanation.relevance.numel()):
        return []
    return [Link(*pair) for pair in explanation.top_pairs(count) if pair[2] != 0]


def describe_links(links: list[Link]) -> str:
    """Describe the lines of a picture in words; empty without links."""
    if not links:
        return ""
    return f"lines: {len(links)} atom pairs, widest {number(links[0].relevance, '+')}"


def draw_links(
    canvas: Canvas, links: list[Link], query: list[Point], reference: list[Point], rim: float
) -> None:
    """Draw links between atom centres, ending ``rim`` away from them; the strongest on top."""
    largest = max((abs(link.relevance) for link in links), default=0.0)
    for link in reversed(links):
        curve = bend(query[link.query], reference[link.reference], rim)
        width = _NARROWEST + (_WIDEST - _NARROWEST) * abs(link.relevance) / largest
        colour = SIGNED[-1] if link.relevance > 0 else SIGNED[0]
        mark = f"link query-{link.query} reference-{link.reference}"
        tip = f"atom {link.query} \u2013 atom {link.reference}: {number(link.relevance, '+')}"
        canvas.curve(curve, width + 2, "#ffffff")
        canvas.curve(curve, width, colour, mark, tip)


def bend(start: Point, end: Point, rim: float) -> Curve:
    """Bend a curve that leaves one atom upwards to the right and enters the other from the left."""
    reach = 0.4 * (end[0] - start[0])
    lift = 0.12 * abs(end[0] - start[0])
    first = (start[0] + reach, start[1] - lift)
    last = (end[0] - reach, end[1] - lift)
    return _towards(start, first, rim), first, last, _towards(end, last, rim)


def _towards(centre: Point, target: Point, distance: float) -> Point:
    x, y = target[0] - centre[0], target[1] - centre[1]
    share = distance / (hypot(x, y) or 1.0)
    return centre[0] + share * x, centre[1] + share * y
