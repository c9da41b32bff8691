"""What stands below a map of connections: its networks, and the strongest connections by name."""

from collections.abc import Mapping, Sequence
from math import ceil

from matplotlib.figure import Figure

from pyg_siamex.visualize.connectome.regions import NO_NETWORK
from pyg_siamex.visualize.paper.figure import LINE, MARGIN, inch_axes
from pyg_siamex.visualize.paper.ink import INK, Mark
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, cut_to, inches, lettering, write

LEGEND = 0.18
"""Height in inches of a row of the legend."""

_BESIDE = 0.3
"""Inches of a mark and the gaps around it."""


def legend_rows(marks: Mapping[str, Mark], width: float) -> int:
    """Rows of the legend of networks; 0 where there is nothing to tell apart.

    Args:
        marks: Mark of each network.
        width: Width of the figure in inches.
    """
    if set(marks) <= {NO_NETWORK}:
        return 0
    return ceil(len(marks) / _side_by_side(marks, width))


def write_legend(figure: Figure, top: float, marks: Mapping[str, Mark], width: float) -> None:
    """Write the networks beside their marks.

    Args:
        figure: Figure to write into.
        top: Upper edge in inches.
        marks: Mark of each network.
        width: Width of the figure in inches.
    """
    rows = legend_rows(marks, width)
    if not rows:
        return
    count, room = _side_by_side(marks, width), width - 2 * MARGIN
    ax = inch_axes(figure, MARGIN, top - rows * LEGEND, room, rows * LEGEND)
    ax.axis("off")
    ax.set(xlim=(0, room), ylim=(rows, 0))
    for k, (name, mark) in enumerate(marks.items()):
        x, y = (k % count) * room / count + 0.06, k // count + 0.5
        ax.scatter([x], [y], 18.0, mark.colour, marker=mark.marker, edgecolors=INK, linewidths=0.6)
        text = cut_to(name, room / count - _BESIDE, SMALL)
        ax.text(x + 0.1, y, text, va="center", **lettering(text, SMALL))


def list_rows(entries: Sequence[str], columns: int) -> int:
    """Rows of the list of connections, its heading among them.

    Args:
        entries: The connections in words.
        columns: Width of the figure in columns of a journal, which have an entry each in a row.
    """
    return 1 + ceil(len(entries) / columns) if entries else 0


def write_list(
    figure: Figure, top: float, entries: Sequence[str], width: float, columns: int
) -> None:
    """Write the strongest connections by name.

    Args:
        figure: Figure to write into.
        top: Upper edge in inches.
        entries: The connections in words.
        width: Width of the figure in inches.
        columns: Entries side by side.
    """
    if not entries:
        return
    write(figure, MARGIN, top - 0.06, "strongest connections", PLAIN, va="top", fontweight="bold")
    room = (width - 2 * MARGIN) / columns
    for k, entry in enumerate(entries):
        x, y = MARGIN + (k % columns) * room, top - LINE * (1 + k // columns)
        write(figure, x, y - 0.06, cut_to(entry, room - 0.1), PLAIN, va="top")


def _side_by_side(marks: Mapping[str, Mark], width: float) -> int:
    widest = max(inches(name, SMALL) for name in marks) + _BESIDE
    return max(1, min(len(marks), int((width - 2 * MARGIN) / widest)))
