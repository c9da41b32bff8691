"""The words of a picture: title, names, similarity, explainer and the colour bar."""

from collections.abc import Sequence

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.canvas import Canvas
from pyg_siamex.visualize.colour import ColourScale

TEXT = 13.0
LETTER = 0.62
"""Width of a letter as a share of the font size, on the safe side."""

BAR_STEPS = 100


def number(value: float) -> str:
    """Three significant digits with a proper minus sign."""
    return f"{value:.3g}".replace("-", "\u2212")


def shorten(text: str, width: float, size: float = TEXT) -> str:
    """One line of ``text`` that fits ``width``, ending in an ellipsis where it was longer."""
    line = " ".join(text.split())
    room = max(int(width / (LETTER * size)), 1)
    return line if len(line) <= room else line[: room - 1].rstrip() + "\u2026"


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


def summary(explanation: PairExplanation) -> str:
    """Similarity and explainer in one line."""
    similarity = f"similarity {explanation.prediction:.3f}".replace("-", "\u2212")
    return " \u00b7 ".join(part for part in (similarity, explanation.algorithm) if part)


def draw_colour_bar(canvas: Canvas, scale: ColourScale, x: float, y: float, width: float) -> None:
    """A colour bar around ``x`` with its ends' values and what they mean."""
    left, top, height = x - width / 2, y - 10, 12
    low = -scale.limit if scale.signed else 0.0
    step = width / BAR_STEPS
    for i in range(BAR_STEPS):
        colour = scale.colour(low + (i + 0.5) / BAR_STEPS * (scale.limit - low))
        canvas.rectangle(left + i * step, top, width - i * step, height, colour)
    for side in (left, left + width):
        canvas.rectangle(side - 0.5, top, 1, height, "#666666")
    for side in (top, top + height):
        canvas.rectangle(left - 0.5, side - 0.5, width + 1, 1, "#666666")
    before, after = bar_words(scale)
    canvas.text(left - 8, y, before, TEXT - 1, "end")
    canvas.text(left + width + 8, y, after, TEXT - 1, "start")


def bar_words(scale: ColourScale) -> tuple[str, str]:
    """What the two ends of a colour bar mean."""
    if scale.signed:
        return f"pushes apart {number(-scale.limit)}", f"{number(scale.limit)} pulls together"
    return "unimportant 0", f"{number(scale.limit)} important"
