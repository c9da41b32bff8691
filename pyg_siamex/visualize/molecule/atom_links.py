"""Lines from query atoms to reference atoms: which of them the model matches."""

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

import numpy as np

from pyg_siamex._numbers import whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.molecule.coloured_molecule import ATOM_RADIUS
from pyg_siamex.visualize.molecule.depiction import Placed
from pyg_siamex.visualize.paper.canvas import Curve
from pyg_siamex.visualize.paper.colour import SIGNED
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.panels import Point
from pyg_siamex.visualize.paper.raster import Canvas

_WIDEST, _NARROWEST = 5.0, 1.2

_LIFTS = (0.12, 0.04, -0.04, 0.2, -0.12, 0.28, -0.2, 0.36, -0.28, 0.44, -0.36, -0.44)
"""How far a line may rise, as a share of its width, the most usual first."""


class Spot(NamedTuple):
    """What a line should go around: a place and a radius."""

    place: Point
    radius: float


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
    whole("links", count, 0)
    if count == 0 or (explanation.relevance is not None and not explanation.relevance.numel()):
        return []
    return [Link(*pair) for pair in explanation.top_pairs(count) if pair[2] != 0]


def describe_links(links: list[Link]) -> str:
    """Describe the lines of a picture in words; empty without links."""
    if not links:
        return ""
    return f"lines: {len(links)} atom pairs, widest {number(links[0].relevance, '+')}"


def draw_links(
    canvas: Canvas,
    links: list[Link],
    placed: Sequence[Placed],
    labels: Sequence[Sequence[Point]],
    frame: Point,
) -> None:
    """Draw links between atom centres, around letters; the strongest on top.

    Args:
        canvas: The picture.
        links: The links, strongest first.
        placed: Where the atoms of query and reference are.
        labels: Where letters are on both sides.
        frame: Width and height that lines must not leave.
    """
    largest = max((abs(link.relevance) for link in links), default=0.0)
    rims = [ATOM_RADIUS * side.unit for side in placed]
    spots = [Spot(place, rim) for side, rim in zip(labels, rims, strict=True) for place in side]
    for link in reversed(links):
        start, end = placed[0].centres[link.query], placed[1].centres[link.reference]
        others = [spot for spot in spots if spot.place not in (start, end)]
        curve = route(start, end, (rims[0], rims[1]), others, frame)
        width = _NARROWEST + (_WIDEST - _NARROWEST) * abs(link.relevance) / largest
        colour = SIGNED[-1] if link.relevance > 0 else SIGNED[0]
        mark = f"link query-{link.query} reference-{link.reference}"
        tip = f"atom {link.query} \u2013 atom {link.reference}: {number(link.relevance, '+')}"
        canvas.curve(curve, width + 2, "#ffffff")
        canvas.curve(curve, width, colour, mark, tip)


def route(
    start: Point, end: Point, rims: tuple[float, float], spots: Sequence[Spot], frame: Point
) -> Curve:
    """The curve of least bend among those that cross the fewest spots and stay in the frame.

    Args:
        start: Centre of an atom of the query.
        end: Centre of an atom of the reference.
        rims: Distances from the two centres at which the curve starts and ends.
        spots: What the curve should not cross.
        frame: Width and height of the picture.
    """

    def faults(lift: float) -> int:
        points = _along(bend(start, end, rims, lift))
        crossed = sum(
            bool((np.linalg.norm(points - spot.place, axis=1) < spot.radius).any())
            for spot in spots
        )
        outside = bool(((points < 0) | (points > frame)).any())
        return crossed + len(spots) * outside

    return bend(start, end, rims, min(_LIFTS, key=faults))


def bend(start: Point, end: Point, rims: tuple[float, float], lift: float = _LIFTS[0]) -> Curve:
    """Bend a curve that leaves one atom to the right and enters the other from the left.

    Args:
        start: Where it starts.
        end: Where it ends.
        rims: Distances from start and end that it keeps.
        lift: How far it rises, as a share of its width; below 0 it sags.
    """
    reach = 0.4 * (end[0] - start[0])
    rise = lift * abs(end[0] - start[0])
    first = (start[0] + reach, start[1] - rise)
    last = (end[0] - reach, end[1] - rise)
    return _towards(start, first, rims[0]), first, last, _towards(end, last, rims[1])


def _along(curve: Curve) -> np.ndarray:
    """Points on a Bézier curve, ``[40, 2]``."""
    t = np.linspace(0.0, 1.0, 40)[:, None]
    a, b, c, d = map(np.array, curve)
    point: np.ndarray = (
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    )
    return point


def _towards(centre: Point, target: Point, distance: float) -> Point:
    x, y = target[0] - centre[0], target[1] - centre[1]
    share = distance / (hypot(x, y) or 1.0)
    return centre[0] + share * x, centre[1] + share * y
