"""A map of connections over subjects: glass brain, circle, matrix of networks, names in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.explain.elements import Edge
from pyg_siamex.visualize.connectome.glass_brain import draw_brain
from pyg_siamex.visualize.connectome.map_panels import BAR, Panel, draw_map_circle, draw_map_matrix
from pyg_siamex.visualize.connectome.map_words import (
    LEGEND,
    legend_rows,
    list_rows,
    write_legend,
    write_list,
)
from pyg_siamex.visualize.connectome.page_width import width_of
from pyg_siamex.visualize.connectome.regions import NO_NETWORK
from pyg_siamex.visualize.paper.figure import (
    FORMATS,
    LINE,
    MARGIN,
    TITLE,
    inch_axes,
    new_figure,
    save_figure,
)
from pyg_siamex.visualize.paper.ink import INK, InkScale, Spot, faded, network_marks
from pyg_siamex.visualize.paper.lettering import PLAIN, head, wrapped, write
from pyg_siamex.visualize.paper.picture_file import picture_format

_HEAD, _TALL = 0.2, 2.0
"""Inches: heading of a panel; height of circle and matrix."""

_BRAIN = 2.1 / 5.55
"""Height of a glass brain as a share of its width."""

_SHARES = {"brain": 1.3, "circle": 0.75, "matrix": 1.2}
"""Widths of panels beside each other, as shares."""

_MARK, _DOT = 14.0, 2.5
"""Areas in square points of regions with and without a drawn connection."""

_HEADS = {"brain": "in the brain", "circle": "by network"}


@dataclass(frozen=True)
class MapPicture:
    """What a map of connections shows.

    Attributes:
        atlas: The regions: ``names``, and where known ``coordinates`` and ``networks``.
        edges: The connections to draw, the strongest first, with signed values.
        matrix: Values ``[k, k]`` of pairs of the k networks in the order of
            ``atlas.network_names``, NaN where there is none, or ``None``.
        stars: Cells of the matrix that have a star.
        words: Sentences below.
        entries: The strongest connections in words.
        of_matrix: Heading of the matrix.
    """

    atlas: Atlas
    edges: list[Edge]
    matrix: np.ndarray | None
    stars: list[tuple[int, int]]
    words: list[str]
    entries: list[str]
    of_matrix: str = "networks: z"

    @property
    def networks(self) -> list[str]:
        """A network per region; one for all where none are known."""
        known = self.atlas.networks
        return [NO_NETWORK] * len(self.atlas.names) if known is None else list(known)

    @property
    def places(self) -> np.ndarray | None:
        """Coordinates of the regions, ``[n, 3]``, or ``None``."""
        return None if self.atlas.coordinates is None else np.asarray(self.atlas.coordinates)

    @property
    def panels(self) -> list[str]:
        """Which panels there are, from left to right."""
        placed = [] if self.places is None else ["brain"]
        return [*placed, "circle", *(["matrix"] if self.matrix is not None else [])]


def draw_map(
    picture: MapPicture, path: str | Path | None = None, *, title: str = "", columns: int = 2
) -> Figure:
    """Draw a map, side by side on two columns of a journal, brain above the rest on one.

    Args:
        picture: What is shown.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``, or ``None``.
        title: Written above.
        columns: Width of the figure in columns of a journal, 1 (3.5 inches) or 2 (7.2 inches).

    Raises:
        ValueError: If the suffix is unknown, or ``columns`` is neither 1 nor 2.
    """
    if path is not None:
        picture_format(path, FORMATS)
    width = width_of(columns)
    rows = _rows(picture.panels, width, columns)
    words = [line for text in picture.words for line in wrapped(text, width - 2 * MARGIN)]
    marks = network_marks(picture.networks)
    below = legend_rows(marks, width) * LEGEND + list_rows(picture.entries, columns) * LINE
    tall = sum(max(panel.height for panel in row) + _HEAD + 0.05 for row in rows)
    height = 2 * MARGIN + (TITLE if title else 0) + tall + below + LINE * len(words) + 0.14
    figure = new_figure(height, width)
    top = head(figure, title)
    scale = InkScale.of([edge.value for edge in picture.edges], signed=True)
    last = _draw_rows(figure, rows, top, picture, scale)
    foot = top - tall
    write_legend(figure, foot, marks, width)
    foot -= legend_rows(marks, width) * LEGEND
    write_list(figure, foot, picture.entries, width, columns)
    foot -= list_rows(picture.entries, columns) * LINE + 0.12
    for k, text in enumerate(words):
        write(figure, MARGIN, foot - LINE * k, text, PLAIN, va="top")
    save_figure(last, path)
    return figure


def _rows(panels: Sequence[str], width: float, columns: int) -> list[list[Panel]]:
    """Where panels are, row by row; the brain has a row of its own on a narrow figure."""
    room = width - 2 * MARGIN
    if columns == 2:
        return [_row(panels, room)]
    brain = [[Panel("brain", MARGIN, room, room * _BRAIN)]] if "brain" in panels else []
    return [*brain, _row([name for name in panels if name != "brain"], room)]


def _row(panels: Sequence[str], room: float) -> list[Panel]:
    total, x, out = sum(_SHARES[name] for name in panels), MARGIN, []
    for name in panels:
        width = room * _SHARES[name] / total
        tall = {"brain": _TALL, "circle": width, "matrix": width - BAR}[name]
        out.append(Panel(name, x, width - 0.08, min(_TALL, tall)))
        x += width
    return out


def _draw_rows(
    figure: Figure, rows: list[list[Panel]], top: float, picture: MapPicture, scale: InkScale
) -> Axes:
    last: Axes | None = None
    for row in rows:
        tall = max(panel.height for panel in row)
        for panel in row:
            plain = panel.name == "circle" and picture.atlas.networks is None
            heading = "connections" if plain else _HEADS.get(panel.name, picture.of_matrix)
            write(figure, panel.x, top - 0.02, heading, PLAIN, va="top", fontweight="bold")
            if panel.name == "brain":
                _brain(figure, panel, top - _HEAD - tall, tall, picture, scale)
                continue
            low = top - _HEAD - tall + (tall - panel.height) / 2
            box = (panel.x, low, panel.width, panel.height)
            if panel.name == "circle":
                last = inch_axes(figure, *box)
                draw_map_circle(last, picture.networks, picture.places, picture.edges, scale)
            elif picture.matrix is not None:
                names = list(picture.atlas.network_names)
                last = draw_map_matrix(figure, box, names, picture.matrix, picture.stars)
        top -= tall + _HEAD + 0.05
    assert last is not None  # there is a circle in every map
    return last


def _brain(
    figure: Figure, panel: Panel, low: float, tall: float, picture: MapPicture, scale: InkScale
) -> None:
    places, marks = picture.places, network_marks(picture.networks)
    assert places is not None
    touched = {end for edge in picture.edges for end in edge[:2]}
    spots = [
        Spot(marks[name].colour, marks[name].marker, _MARK, INK, False)
        if k in touched
        else Spot(faded(marks[name].colour), marks[name].marker, _DOT, faded(INK), True)
        for k, name in enumerate(picture.networks)
    ]
    whole, high = figure.get_size_inches()
    brain = min(tall, panel.width * _BRAIN)
    bottom = low + (tall - brain) / 2
    box = (panel.x / whole, bottom / high, panel.width / whole, brain / high)
    draw_brain(figure, box, places, picture.edges, scale, spots, {})
