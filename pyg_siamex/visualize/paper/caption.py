"""The words of a picture: title, names, similarity, explainer and the colour bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.panels import FOOTER, MARGIN, TITLE, Panel
from pyg_siamex.visualize.paper.raster import Canvas

TEXT = 13.0
LETTER = 0.6
"""Width of a letter as a share of the font size, on the safe side."""

BAR_STEPS = 100


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

    def draw(self, canvas: Canvas, panels: Sequence[Panel], scale: ColourScale) -> None:
        """Write the words around the panels and draw the colour bar under them."""
        width, height = canvas.size
        middle, room = width / 2, width - 2 * MARGIN
        if self.title:
            title = shorten(self.title, room, TEXT + 3)
            canvas.text(middle, MARGIN + TITLE / 2, title, TEXT + 3, bold=True)
        for name, panel in zip(self.names, panels, strict=True):
            line = shorten(name, panel.width, TEXT + 1)
            at = panel.x + panel.width / 2, panel.y + panel.height + 17
            canvas.text(*at, line, TEXT + 1, bold=True)
        top = height - MARGIN - FOOTER
        canvas.text(middle, top + 20, shorten(self.summary, room), TEXT)
        draw_colour_bar(canvas, scale, middle, top + 50, min(220.0, width / 4))

    def __str__(self) -> str:
        """The whole caption in one line."""
        return f"{self.title or 'Explained similarity'}: {' and '.join(self.names)}, {self.summary}"


def draw_colour_bar(canvas: Canvas, scale: ColourScale, x: float, y: float, width: float) -> None:
    """A colour bar around ``x`` with its ends' values and what they mean."""
    left, top, height = x - width / 2, y - 10, 12.0
    low = -scale.limit if scale.signed else 0.0
    step = width / BAR_STEPS
    canvas.rectangle(left - 1, top - 1, width + 2, height + 2, "#666666")
    for i in range(BAR_STEPS):
        colour = scale.colour(low + (i + 0.5) / BAR_STEPS * (scale.limit - low))
        canvas.rectangle(left + i * step, top, width - i * step, height, colour)
    before, after = bar_words(scale)
    canvas.text(left - 8, y, before, TEXT - 1, "end")
    canvas.text(left + width + 8, y, after, TEXT - 1, "start")


def bar_words(scale: ColourScale) -> tuple[str, str]:
    """What the two ends of a colour bar mean."""
    if scale.signed:
        return f"pushes apart {number(-scale.limit)}", f"{number(scale.limit, '+')} pulls together"
    return "unimportant 0", f"{number(scale.limit)} important"


def summary(explanation: PairExplanation, extra: str = "") -> str:
    """Similarity, explainer and a remark in one line."""
    similarity = f"similarity {explanation.prediction:.3f}".replace("-", "\u2212")
    return " \u00b7 ".join(part for part in (similarity, explanation.algorithm, extra) if part)


def pair_names(names: Sequence[str] | None) -> tuple[str, str]:
    """The two names, or "query" and "reference".

    Raises:
        ValueError: If there are not two.
    """
    if names is None:
        return "query", "reference"
    if isinstance(names, str) or len(names) != 2:
        raise ValueError(f"names must be two, of the query and of the reference (got {names!r})")
    return str(names[0]), str(names[1])


def number(value: float, sign: str = "-") -> str:
    """Three significant digits with a proper minus sign; ``sign="+"`` shows plus signs too."""
    return f"{value:{sign}.3g}".replace("-", "\u2212")


def shorten(text: str, width: float, size: float = TEXT) -> str:
    """One line of ``text`` that fits ``width``, ending in an ellipsis where it was longer."""
    line = " ".join(text.split())
    room = max(int(width / (LETTER * size)), 1)
    return line if len(line) <= room else line[: room - 1].rstrip() + "\u2026"
