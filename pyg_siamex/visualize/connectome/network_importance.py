"""Edge importances between functional networks, as one matrix per connectome."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pyg_siamex._door import checked
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.brain_pair import BrainPair, Connectome
from pyg_siamex.visualize.connectome.page_width import width_of
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import COLUMN_WIDTH, FORMATS, MARGIN, WIDTH, save_figure
from pyg_siamex.visualize.paper.ink import FAINT
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, cut_to, inches, lettering
from pyg_siamex.visualize.paper.numbers import decimal, number, power_of_ten
from pyg_siamex.visualize.paper.pair_frame import (
    caption_room,
    foot,
    pair_figure,
    panel_width,
    stacked_figure,
)
from pyg_siamex.visualize.paper.picture_file import picture_format
from pyg_siamex.visualize.paper.words import summary

_Statistic = Literal["sum", "mean"]

_MOST_NUMBERS = 10
"""Most networks with numbers in the cells."""

_NUMBER = 0.33
"""Inches of a cell that has room for a number."""

_LONGEST = 1.4
"""Inches of the longest name of a network."""


@checked
def draw_network_importance(
    explanation: PairExplanation,
    path: str | Path | None = None,
    *,
    atlas: Any = None,
    statistic: _Statistic = "sum",
    names: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
    columns: int = 2,
) -> Figure:
    r"""Draw what the edges within and between networks contribute, for both connectomes.

    .. math:: S_{ab} = \sum_{\{i, j\}:\ i \in a,\ j \in b} m_{ij}

    over undirected edges, each counted once: the cells of a triangle sum to the whole. The mean
    is :math:`S_{ab}` by the number of edges in the block, to compare networks of unlike size. A
    block without edges is empty. For the pair matrix of BiLRP or integrated Jacobians see
    :func:`draw_network_relevance`.

    Args:
        explanation: What an explainer returned, with an edge mask.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        atlas: A mapping or an object with ``networks``, a name per region, such as an
            :class:`~pyg_siamex.datasets.connectome.Atlas`; by default the graphs' ``networks``.
        statistic: ``"sum"`` or ``"mean"`` over the edges of a block.
        names: Names of query and reference; by default these words, and the graphs' ``name``.
        title: A line above the picture. If the parts of a pair matrix do not account for the
            similarity (other sign, or less than half), it says that instead.
        limit: Value of the strongest colour, to compare pictures; by default the largest.
        columns: Width of the figure in columns of a journal: 1 (3.5 inches, one matrix above the
            other) or 2 (7.2 inches).

    Returns:
        The figure.

    Raises:
        ValueError: If there is no edge mask, if a graph has no networks, or if an argument is out
            of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    if statistic not in get_args(_Statistic):
        raise ValueError(f"statistic must be 'sum' or 'mean' (got {statistic!r})")
    pair = BrainPair.of(explanation, atlas, names, 0, None)
    title = pair.headline(title)
    blocks = _blocks(pair, statistic)
    values = np.concatenate([block[np.isfinite(block)] for block in blocks])
    scale = ColourScale.of(values.tolist(), signed=pair.scale.signed, limit=limit)
    labels = [cut_to(name, _LONGEST) for name in pair.networks]
    room = max(inches(label) for label in labels) + MARGIN
    titles = [side.name for side in pair.sides]
    words = _words(explanation, statistic, scale, len(labels))
    if width_of(columns) == WIDTH:
        size, below = panel_width(room), room + caption_room(words)
        figure, axes = pair_figure(titles, title, size, 1, left=room, below=below)
    else:
        size = COLUMN_WIDTH - room - 2 * MARGIN
        figure, axes = stacked_figure(titles, title, size, left=room, below=room)
    for k, (ax, side, block) in enumerate(zip(axes, pair.sides, blocks, strict=True)):
        _draw_triangle(ax, block, scale, size)
        _name_axes(ax, labels, rows=k == 0 or columns == 1)
        if not side.graph.weighed:
            ax.set_title("not explained", y=0.5, **lettering("", PLAIN))
    foot(figure, {"": scale}, words)
    return save_figure(axes[0], path)


def _blocks(pair: BrainPair, statistic: _Statistic) -> list[np.ndarray]:
    if not any(side.graph.weighed for side in pair.sides):
        raise ValueError("neither graph has an edge_mask: ask for edge_mask_type='object'")
    for side in pair.sides:
        side.regions.grouped(side.which)
    return [network_blocks(side, pair.networks, statistic) for side in pair.sides]


def _words(
    explanation: PairExplanation, statistic: _Statistic, scale: ColourScale, size: int
) -> str:
    unit = power_of_ten(scale.limit)
    numbers = f", in units of {number(10.0**unit)}" if unit and size <= _MOST_NUMBERS else ""
    words = f"{statistic} over edges between two networks{numbers}"
    return summary(explanation, words, "regions")


def network_blocks(side: Connectome, networks: Sequence[str], statistic: _Statistic) -> np.ndarray:
    """Sum or average edge importances by network into a lower triangle, ``[k, k]``.

    A block without edges is NaN too, and so is all of a graph whose edges have no importance.
    """
    place = {name: k for k, name in enumerate(networks)}
    sums = np.zeros((len(networks), len(networks)))
    counts = np.zeros_like(sums)
    for low, high, value in side.graph.edges if side.graph.weighed else []:
        ends = place[side.networks[low]], place[side.networks[high]]
        cell = max(ends), min(ends)
        sums[cell] += value
        counts[cell] += 1
    divisor = counts if statistic == "mean" else 1.0
    return np.where(counts > 0, sums / np.maximum(divisor, 1), np.nan)


def _draw_triangle(ax: Axes, block: np.ndarray, scale: ColourScale, inch: float) -> None:
    """Draw the lower triangle, with numbers in the cells where there is room."""
    size, unit = len(block), 10.0 ** power_of_ten(scale.limit)
    numbered = size <= _MOST_NUMBERS and inch / size >= _NUMBER
    ax.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
    ax.set_frame_on(False)
    for row in range(size):
        for column in range(row + 1):
            value = float(block[row, column])
            known = bool(np.isfinite(value))
            fill = scale.colour(value) if known else "#ffffff"
            cell = Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=fill, edgecolor=FAINT)
            ax.add_patch(cell)
            if numbered:
                text = decimal(value / unit) if known else "\u2013"
                settings = lettering(text, SMALL)
                ax.text(column, row, text, ha="center", va="center", **settings)


def _name_axes(ax: Axes, labels: list[str], rows: bool) -> None:
    places = range(len(labels))
    ax.set_xticks(places, labels, rotation=90)
    ax.set_yticks(places, labels if rows else [""] * len(labels))
    ax.tick_params(length=0, pad=3)
    for text in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        text.set(**lettering(text.get_text(), PLAIN))
