"""The words around two panels on a canvas, and the colour bar under them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.panels import FOOTER, MARGIN, TITLE, Panel
from pyg_siamex.visualize.paper.raster import Canvas
from pyg_siamex.visualize.paper.words import bar_words, shorten

_TEXT = 13.0
"""Font size in pixels."""

_WORDS = 140.0
"""Room for the words at either end of a colour bar, in pixels."""

_BAR_STEPS = 100
"""Rectangles of a colour bar."""


@dataclass(frozen=True)
class Caption:
    """What a picture of a pair says in words.

    Args:
        names: Names of query and reference.
        summary: A line on the pair, under its names.
        title: A line above the picture; empty for none.
    """

    names: tuple[str, str]
    summary: str
    title: str = ""

    def draw(self, canvas: Canvas, panels: Sequence[Panel], scales: Sequence[ColourScale]) -> None:
        """Write the words around the panels and draw their colour bars, or one for all of them."""
        width, height = canvas.size
        middle, room = width / 2, width - 2 * MARGIN
        if self.title:
            title = shorten(self.title, room, _TEXT + 3)
            canvas.text(middle, MARGIN + TITLE / 2, title, _TEXT + 3, bold=True)
        for name, panel in zip(self.names, panels, strict=True):
            line = shorten(name, panel.width, _TEXT + 1)
            at = panel.x + panel.width / 2, panel.y + panel.height + 17
            canvas.text(*at, line, _TEXT + 1, bold=True)
        top = height - MARGIN - FOOTER
        canvas.text(middle, top + 20, shorten(self.summary, room, _TEXT), _TEXT)
        if all(scale == scales[0] for scale in scales):
            draw_colour_bar(canvas, scales[0], middle, top + 50, min(220.0, width / 4))
            return
        for panel, scale in zip(panels, scales, strict=True):
            room = min(max(panel.width - 2 * _WORDS, 40.0), 220.0)
            draw_colour_bar(canvas, scale, panel.x + panel.width / 2, top + 50, room)

    def __str__(self) -> str:
        """The whole caption in one line."""
        return f"{self.title or 'Explained similarity'}: {' and '.join(self.names)}, {self.summary}"


def draw_colour_bar(canvas: Canvas, scale: ColourScale, x: float, y: float, width: float) -> None:
    """Draw a colour bar around ``x`` with what its ends mean."""
    left, top, height = x - width / 2, y - 10, 12.0
    low = -scale.limit if scale.signed else 0.0
    step = width / _BAR_STEPS
    canvas.rectangle(left - 1, top - 1, width + 2, height + 2, "#666666")
    for i in range(_BAR_STEPS):
        colour = scale.colour(low + (i + 0.5) / _BAR_STEPS * (scale.limit - low))
        canvas.rectangle(left + i * step, top, width - i * step, height, colour)
    before, after = bar_words(scale)
    canvas.text(left - 8, y, before, _TEXT - 1, "end")
    canvas.text(left + width + 8, y, after, _TEXT - 1, "start")
