"""Figures that are the same bytes for the same rows."""

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from pyg_siamex.data.file import whole_file

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#777777")
"""Okabe and Ito's palette, told apart by colour-blind readers."""

STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1)), (0, (8, 2)), (0, (1, 1)), (0, (3, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def save_figure(figure: Figure, path: Path) -> None:
    """Write an SVG without date and with fixed identifiers."""
    with matplotlib.rc_context({"svg.hashsalt": path.stem}), whole_file(path) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None})
