"""The legend under two connectomes: networks, sizes, signs, colours and caption."""

from collections.abc import Mapping
from math import ceil

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pyg_siamex.visualize.connectome.brain_pair import BrainPair
from pyg_siamex.visualize.paper.figure import LINE, MARGIN, WIDTH
from pyg_siamex.visualize.paper.ink import INK, Mark
from pyg_siamex.visualize.paper.legend import (
    horizontal_bar,
    line_handle,
    mark_handles,
    place_legend,
    sign_handles,
    size_handles,
)
from pyg_siamex.visualize.paper.lettering import cut_to, inches, wrapped, write

_ENTRY = 0.35
"""Inches of an entry beside its name."""

_MOST = 5
"""Most networks side by side."""

_BAR = 2.0
"""Length of the colour bar on a wide figure, in inches."""


def legend_height(pair: BrainPair, marks: Mapping[str, Mark], width: float = WIDTH) -> float:
    """Return the height of the legend in inches."""
    lines = ceil(len(marks) / _columns(marks, width)) + 1.4 if pair.grouped else 0.0
    lines += ceil(len(_handles(pair)) / _across(pair, width)) + 1.4
    lines += 1.3 + (width < WIDTH) if pair.weighed else 0.0
    return LINE * (lines + len(_caption(pair, width))) + 2 * MARGIN


def brain_legend(
    figure: Figure, pair: BrainPair, marks: Mapping[str, Mark], width: float = WIDTH
) -> None:
    """Draw the legend at the foot of a figure."""
    top = legend_height(pair, marks, width) - MARGIN
    if pair.grouped:
        columns = _columns(marks, width)
        room = (width - MARGIN) / columns - _ENTRY
        entries = [(cut_to(name, room), mark) for name, mark in marks.items()]
        place_legend(figure, mark_handles(entries), MARGIN, top, columns, "network")
        top -= LINE * (ceil(len(marks) / columns) + 1.4)
    what = "region: sum over its edges" if pair.summed else "region: importance"
    place_legend(figure, _handles(pair), MARGIN, top, _across(pair, width), what)
    caption = _caption(pair, width)
    if pair.weighed:
        _bar(figure, pair, MARGIN + (len(caption) + 0.4) * LINE, width)
    for k, line in enumerate(reversed(caption)):
        write(figure, width / 2, MARGIN + k * LINE, line, ha="center")


def _bar(figure: Figure, pair: BrainPair, y: float, width: float) -> None:
    """Draw the colour bar of the edges; on a narrow figure its words stand above it."""
    if width >= WIDTH:
        horizontal_bar(figure, pair.scale, (width - _BAR) / 2, y, _BAR, "edge: ")
        return
    horizontal_bar(figure, pair.scale, MARGIN, y, width - 2 * MARGIN, "edge: ", above=True)


def _handles(pair: BrainPair) -> list[Line2D]:
    sizes = [pair.largest, pair.largest / 2] if pair.largest else []
    handles = [*size_handles([(value, pair.area(value)) for value in sizes])]
    handles += sign_handles(pair.scale)
    if pair.negative:
        handles.append(line_handle("negative connection", INK, dashed=True))
    return handles


def _across(pair: BrainPair, width: float) -> int:
    """Count the entries of sizes and signs that stand side by side."""
    handles = _handles(pair)
    longest = max((inches(str(handle.get_label())) for handle in handles), default=1.0)
    return max(min(int((width - MARGIN) / (longest + _ENTRY + 0.15)), len(handles)), 1)


def _columns(marks: Mapping[str, Mark], width: float) -> int:
    """Count the networks that fit side by side."""
    longest = max(inches(name) for name in marks)
    return min(max(int((width - MARGIN) / (longest + _ENTRY)), 2), _MOST, max(len(marks), 1))


def _caption(pair: BrainPair, width: float) -> list[str]:
    return wrapped(pair.words, width - 2 * MARGIN)
