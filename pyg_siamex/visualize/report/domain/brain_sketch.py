"""Two connectomes: seen from above and from the left, or on a ring where places are unknown."""

import numpy as np
from markupsafe import Markup

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.circle_layout import circle_layout
from pyg_siamex.visualize.connectome.regions import NO_NETWORK, Regions, regions_of
from pyg_siamex.visualize.paper.panels import Point
from pyg_siamex.visualize.report.domain.sketch import Sketch

_SCALE, _EDGE = 1.75, 16.0
"""Pixels per millimetre, and room around the regions in pixels."""

_FRAME = np.array([[-75.0, -110.0, -60.0], [75.0, 80.0, 85.0]])
"""MNI box that every brain lies in, so that two brains have the same place; mm."""

_RADII = (1.8, 7.0)
"""Of the least and the most important region, in pixels."""

_RING = 185.0
"""Radius of the ring in pixels."""


def brain_sketches(explanation: PairExplanation) -> tuple[Sketch, Sketch]:
    """Sketch both connectomes; as rings if a region of either has no place."""
    regions = regions_of(explanation.query), regions_of(explanation.reference)
    placed = all(one.coordinates is not None for one in regions)
    draw = _brain if placed else _ring
    return draw(regions[0]), draw(regions[1])


def _brain(regions: Regions) -> Sketch:
    """Sketch a brain from above, the front upwards, and beside it from the left."""
    places = regions.placed("the graph", in_mm=False)
    low = np.minimum(_FRAME[0], places.min(0))
    high = np.maximum(_FRAME[1], places.max(0))
    wide, deep, tall = _SCALE * (high - low) + 2 * _EDGE
    gap = 8.0
    above = [(_across(x, low[0]), _across(high[1] - y, 0)) for x, y, _ in places.tolist()]
    left = [
        (wide + gap + _across(high[1] - y, 0), (deep - tall) / 2 + _across(high[2] - z, 0))
        for _, y, z in places.tolist()
    ]
    width, height = float(wide + gap + deep), float(deep)
    words = [
        (wide / 2, 13.0, "front"),
        (wide / 2, height - 5, "back"),
        (9.0, height / 2, "L"),
        (wide - 9.0, height / 2, "R"),
        (wide + gap + 22.0, height / 2, "front"),
        (width - 20.0, height / 2, "back"),
    ]
    before = _outline(wide / 2, deep / 2, 0.94 * wide / 2, 0.9 * deep / 2)
    before += _outline(wide + gap + deep / 2, deep / 2, 0.86 * deep / 2, 0.94 * tall / 2)
    before += Markup().join(_word(float(x), float(y), text) for x, y, text in words)
    return Sketch(width, height, [above, left], _RADII, before=before)


def _ring(regions: Regions) -> Sketch:
    networks = regions.networks or [NO_NETWORK] * len(regions.names)
    layout = circle_layout(networks, list(dict.fromkeys(networks)), regions.coordinates)
    centre = _RING + 4 * _EDGE
    points: list[Point] = [
        (float(centre + _RING * np.cos(angle)), float(centre - _RING * np.sin(angle)))
        for angle in layout.angles
    ]
    before = Markup()
    if regions.networks is not None:
        for arc in layout.arcs:
            middle = (arc.start + arc.end) / 2
            x = float(centre + (_RING + 16) * np.cos(middle))
            y = float(centre - (_RING + 16) * np.sin(middle))
            name = arc.network if len(arc.network) <= 12 else arc.network[:11] + "\u2026"
            before += _word(x, y + 4, name, "start" if np.cos(middle) > 0 else "end")
    return Sketch(2 * centre, 2 * centre, [points], _RADII, before=before)


def _across(millimetres: float, start: float) -> float:
    return float(_EDGE + _SCALE * (millimetres - start))


def _outline(x: float, y: float, across: float, down: float) -> Markup:
    mark = '<ellipse class="outline" cx="{:.1f}" cy="{:.1f}" rx="{:.1f}" ry="{:.1f}"/>'
    return Markup(mark).format(x, y, across, down)


def _word(x: float, y: float, text: str, anchor: str = "middle") -> Markup:
    mark = '<text class="word" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
    return Markup(mark).format(x, y, anchor, text)
