"""Matplotlib figures as wide as a page, without pyplot: no backend or setting is touched."""

import io
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole

FORMATS = ("svg", "png", "pdf")
"""What a figure can be written as."""

_UNDATED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "png": {},
    "pdf": {"CreationDate": None},
}
"""Metadata by format: without a date, the same picture has the same bytes."""

WIDTH = 7.2
"""Inches: the width of a page's two columns."""

COLUMN_WIDTH = 3.5
"""Inches: the width of one column."""

DPI = 150
"""Pixels per inch of a figure on a screen."""

PRINT_DPI = 300
"""Pixels per inch of a PNG file."""

MARGIN, TITLE, NAME, LINE = 0.1, 0.28, 0.22, 0.17
"""Heights in inches: the edge, the title, the name of a graph, a line of a legend."""

OUTLINE = 0.8
"""Width in points of a marker's outline."""


class ShownFigure(Figure):
    """A figure that notebooks show, also where nothing has imported pyplot."""

    def _repr_png_(self) -> bytes:
        """The figure as PNG, for notebooks."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=DPI)
        return buffer.getvalue()


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Make a white figure of ``height`` inches, by default as wide as a page."""
    return ShownFigure(figsize=(width, height), dpi=DPI, facecolor="#ffffff")


def inch_axes(figure: Figure, x: float, y: float, width: float, height: float) -> Axes:
    """Add axes at a place and of a size in inches."""
    whole, tall = figure.get_size_inches()
    return figure.add_axes((x / whole, y / tall, width / whole, height / tall), facecolor="none")


def save_figure(ax: Axes, path: str | Path | None) -> Figure:
    """Write the axes' figure to ``path``, if there is one, with the same bytes every time."""
    figure = ax.figure.figure
    if path is not None:
        form = picture_format(path, FORMATS)
        buffer = io.BytesIO()
        # Letters stay letters that can be searched and edited; the same picture has the same bytes.
        with rc_context({"svg.hashsalt": "pyg_siamex", "svg.fonttype": "none", "pdf.fonttype": 42}):
            figure.savefig(buffer, format=form, metadata=_UNDATED[form], dpi=PRINT_DPI)
        write_whole(path, buffer.getvalue())
    return figure
