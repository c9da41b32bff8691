"""A matrix on matplotlib axes, with names, groups and a colour bar."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis

from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import ShownFigure
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL
from pyg_siamex.visualize.paper.numbers import decimals_of, fixed
from pyg_siamex.visualize.paper.words import drawable

_CELL = 0.21
"""Inches of a cell's side where there is room."""

_NUMBER = 0.3
"""Inches of a cell that has room for a number."""

_WORDS = "relevance:\n\u2212 pushes apart\n+ pulls together"
"""Short lines: the label of a bar of two cells' height may be longer than the bar."""

Groups = Sequence[tuple[str, int]]


def new_axes(rows: int, columns: int) -> Axes:
    """Make axes in a figure of their own, with room for so many cells."""
    width = min(max(_CELL * columns, 2.5), 8.0) + 3.0
    height = min(max(_CELL * rows, 2.5), 8.0) + 1.4
    return ShownFigure(figsize=(width, height), dpi=150, layout="constrained").add_subplot()


def heat_map(
    ax: Axes,
    matrix: Any,
    scale: ColourScale,
    labels: tuple[Sequence[str] | None, Sequence[str] | None],
    groups: tuple[Groups, Groups] = ((), ()),
    numbers: bool = False,
    side: int = 1,
) -> None:
    """Draw a matrix with a colour bar, names on both axes and lines between groups.

    Args:
        ax: Axes to draw into.
        matrix: Numbers, ``[rows, columns]``, in drawing order.
        scale: Colours.
        labels: A name for each row and each column; ``None`` for no names.
        groups: Names and sizes of the groups of rows and of columns, in drawing order.
        numbers: Whether to write each number into its cell.
        side: Rows and columns that a cell stands for.
    """
    rows, columns = (side * size - 0.5 for size in np.shape(matrix))
    low = -scale.limit if scale.signed else 0.0
    image = ax.imshow(
        matrix,
        cmap=scale.colormap,
        vmin=low,
        vmax=scale.limit,
        interpolation="nearest",
        origin="upper",
        aspect="equal",
        extent=(-0.5, columns, rows, -0.5),
    )
    beside = ax.inset_axes((1.03, 0.0, 0.04, 1.0))
    bar = ax.figure.colorbar(image, cax=beside)
    bar.set_label(_WORDS, size=PLAIN)
    bar.ax.tick_params(labelsize=SMALL)
    for axis, names, parts, turn in zip(
        (ax.yaxis, ax.xaxis), labels, groups, (0.0, 90.0), strict=True
    ):
        _name(axis, names, parts, turn)
    for line, parts in ((ax.axhline, groups[0]), (ax.axvline, groups[1])):
        for end in list(accumulate(size for _, size in parts))[:-1]:
            line(end - 0.5, color="#333333", linewidth=0.8)
    if numbers and _room(ax, matrix):
        _write_numbers(ax, matrix)


def _room(ax: Axes, matrix: Any) -> bool:
    """Whether cells of the figure, of which names and bar take a third, have room for numbers."""
    width = float(ax.figure.figure.get_size_inches()[0]) * ax.get_position().width * 2 / 3
    return bool(width / max(np.shape(matrix)[1], 1) >= _NUMBER)


def _write_numbers(ax: Axes, matrix: Any) -> None:
    """Write each number into its cell, all with as many decimals."""
    decimals = decimals_of(float(np.abs(matrix).max(initial=0.0)))
    for (row, column), value in np.ndenumerate(matrix):
        text = fixed(float(value), decimals)
        ax.text(column, row, text, ha="center", va="center", color="#000000", size=SMALL)


def _name(axis: Axis, names: Sequence[str] | None, groups: Groups, turn: float) -> None:
    """Write nodes' names at small ticks and groups' names further out."""
    nodes = [_plain(name) for name in names or []]
    axis.remove_overlapping_locs = False
    axis.set_ticks(range(len(nodes)), nodes, minor=bool(groups))
    axis.set_tick_params(which="both", labelsize=7, labelrotation=turn)
    if groups:
        ends = list(accumulate(size for _, size in groups))
        middles = [end - size / 2 - 0.5 for end, (_, size) in zip(ends, groups, strict=True)]
        axis.set_ticks(middles, [_plain(name) for name, _ in groups])
        axis.set_tick_params(which="major", length=0, pad=26 if nodes else 4, labelsize=8)


def _plain(name: str) -> str:
    """Make a name drawable, with dollar signs that matplotlib does not take for mathematics."""
    return drawable(name).replace("$", r"\$")
