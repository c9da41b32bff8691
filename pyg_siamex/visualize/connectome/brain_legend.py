"""The legend under two connectomes: networks, sizes, signs, colours and caption."""

from collections.abc import Mapping, Sequence
from math import ceil

from matplotlib.figure import Figure

from pyg_siamex.visualize.connectome.brain_pair import BrainPair, Connectome
from pyg_siamex.visualize.paper.figure import LINE, MARGIN, WIDTH
from pyg_siamex.visualize.paper.ink import Mark
from pyg_siamex.visualize.paper.legend import (
    horizontal_bar,
    mark_handles,
    place_legend,
    sign_handles,
    size_handles,
)
from pyg_siamex.visualize.paper.lettering import PLAIN, cut_to, inches, write

COLUMN = 5.55
"""Inches from the left: where the second column, of sizes and signs, begins."""

_LINES = 5
"""Lines that sizes and signs need."""

_ENTRY = 0.35
"""Inches of a network's entry beside its name."""


def legend_height(marks: Mapping[str, Mark]) -> float:
    """Return the height of the legend in inches."""
    return LINE * (max(ceil(len(marks) / _columns(marks)) + 3, _LINES) + 1) + 2 * MARGIN


def brain_legend(figure: Figure, pair: BrainPair, marks: Mapping[str, Mark]) -> None:
    """Draw the legend at the foot of a figure."""
    top = legend_height(marks) - MARGIN
    if pair.grouped:
        columns = _columns(marks)
        room = (COLUMN - MARGIN) / columns - _ENTRY
        entries = [(cut_to(name, room), mark) for name, mark in marks.items()]
        place_legend(figure, mark_handles(entries), MARGIN, top, columns, "network")
    sizes = [pair.largest, pair.largest / 2] if pair.largest else []
    handles = size_handles([(value, pair.area(value)) for value in sizes])
    handles = [*handles, *sign_handles(pair.scale)]
    place_legend(figure, handles, COLUMN, top, 1, "region: importance")
    if pair.weighed:
        horizontal_bar(figure, pair.scale, COLUMN / 2 - 0.8, MARGIN + 1.6 * LINE, 2.0, "edge: ")
    write(figure, WIDTH / 2, MARGIN, cut_to(pair.words, WIDTH - 2 * MARGIN), ha="center")


def _columns(marks: Mapping[str, Mark]) -> int:
    """Count the networks that fit side by side, from 2 to 4."""
    longest = max(inches(name) for name in marks)
    return min(max(int((COLUMN - MARGIN) / (longest + _ENTRY)), 2), 4)


def region_list(
    figure: Figure,
    place: tuple[float, float],
    room: float,
    side: Connectome,
    leading: Sequence[int],
    marks: Mapping[str, Mark],
    columns: int,
) -> None:
    """Write the names of the most important regions, numbered, beside their networks' marks.

    Args:
        figure: Figure to write into.
        place: Upper left corner in inches.
        room: Inches for one name.
        side: The graph.
        leading: The regions, the most important first.
        marks: Mark of each network.
        columns: Names side by side.
    """
    if side.graph.nodes is None:
        write(figure, *place, "not explained", PLAIN, va="top")
    entries = [
        (cut_to(f"{rank}: {side.regions.names[node]}", room), marks[side.networks[node]])
        for rank, node in enumerate(leading, start=1)
    ]
    tie = ", ties cut" if side.graph.cuts_node_tie(len(leading)) else ""
    place_legend(figure, mark_handles(entries), *place, columns, f"strongest regions{tie}")
