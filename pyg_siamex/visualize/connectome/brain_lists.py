"""Lists beside a connectome: its most important regions and connections by name."""

import re
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pyg_siamex.explain.elements import Edge
from pyg_siamex.visualize.connectome.brain_pair import Connectome
from pyg_siamex.visualize.paper.figure import LINE
from pyg_siamex.visualize.paper.ink import InkScale, Mark
from pyg_siamex.visualize.paper.legend import line_handle, mark_handles, place_legend
from pyg_siamex.visualize.paper.lettering import PLAIN, cut_to, inches, write
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import drawable

_ENTRY, _GAP = 0.3, 0.7
"""Inches of an entry's line beside its words, and the gap between them in letters."""

_LAST_WORD = re.compile(r"(.*?)([ _-]?)([^ _-]*)", re.DOTALL)

_PREFIX = re.compile(r"^(7|17)Networks_")
"""What all names of Schaefer's parcellations begin with."""

_RANK = 0.18
"""Inches of a rank before a name."""

_SHORT = 4
"""Most letters of a last word that is kept."""

_DASH = " \u2013 "


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
        (f"{rank}: {_cut(side.regions.names[node], room - _RANK)}", marks[side.networks[node]])
        for rank, node in enumerate(leading, start=1)
    ]
    title, more = "strongest regions", _more(side.graph.nodes_as_strong(len(leading)))
    fits = inches(title + more) <= (room + _ENTRY) * columns
    title += more if fits else "\n" + more.strip()
    place_legend(figure, mark_handles(entries), *place, columns, title)


def edge_list(
    figure: Figure,
    place: tuple[float, float],
    room: float,
    side: Connectome,
    count: int,
    scale: InkScale,
    columns: int = 1,
) -> None:
    """Write the names of the most important connections, with importance and sign.

    Args:
        figure: Figure to write into.
        place: Upper left corner in inches.
        room: Inches for one entry.
        side: The graph.
        count: How many connections.
        scale: Colours of the edges.
        columns: Entries side by side.
    """
    if not side.graph.weighed:
        return
    edges = side.graph.strongest(count)
    handles = [_entry(side, edge, room - _ENTRY - 0.1, scale) for edge in edges]
    known = ", connection itself" if side.graph.connections else ""
    title = f"strongest connections{_more(side.graph.edges_as_strong(count))}: importance{known}"
    title = cut_to(title, room * columns)
    place_legend(figure, handles, *place, columns, title, gap=_GAP)


def edges_listed(sides: Sequence[Connectome], count: int) -> int:
    """How many connections are listed of the graph that has most."""
    return max((len(s.graph.strongest(count)) for s in sides if s.graph.weighed), default=0)


def list_height(entries: int) -> float:
    """Return the height in inches of a list with a title; 0 without entries."""
    return LINE * (entries + 1.4) if entries else 0.0


def _entry(side: Connectome, edge: Edge, room: float, scale: InkScale) -> Line2D:
    """A line as the edge has, and its regions, importance and connection in words."""
    numbers = number(edge.value, "+" if scale.signed else "-", 5 if scale.drawn else 3)
    connection = side.graph.connections.get((edge.low, edge.high))
    if connection is not None:
        numbers += f", {number(connection, '+')}"
    left = (room - inches(f"{_DASH}: {numbers}")) / 2
    ends = [side.regions.names[node] for node in (edge.low, edge.high)]
    widths = [inches(name) for name in ends]
    spare = [max(left - width, 0.0) for width in widths]
    cut = [_cut(name, left + spare[1 - k]) for k, name in enumerate(ends)]
    label = f"{_DASH.join(cut)}: {numbers}"
    return line_handle(label, scale.colour(edge.value), side.graph.is_negative(edge))


def _cut(name: str, room: float) -> str:
    """Cut a name before its last word, if that is short: it is often the number of a region."""
    name = drawable(name)
    if inches(name) > room:
        name = _PREFIX.sub("", name)
    head, mark, last = _LAST_WORD.fullmatch(name).groups()  # type: ignore[union-attr]
    if not mark or len(last) > _SHORT or inches(name) <= room:
        return cut_to(name, room)
    return cut_to(head, room - inches(mark + last)) + mark + last


def _more(count: int) -> str:
    return f" ({count} more as strong)" if count else ""
