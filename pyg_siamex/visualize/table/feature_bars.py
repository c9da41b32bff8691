"""Importance of features by name: the columns of a table, or features that all nodes have."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import FORMATS, LINE, MARGIN, OUTLINE, save_figure
from pyg_siamex.visualize.paper.ink import FAINT, INK
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, cut_to, inches, lettering
from pyg_siamex.visualize.paper.numbers import plain_number
from pyg_siamex.visualize.paper.pair_frame import caption_room, foot, pair_figure, titles_of
from pyg_siamex.visualize.paper.picture_file import picture_format
from pyg_siamex.visualize.paper.words import headline, summary
from pyg_siamex.visualize.table.feature_table import FeatureSide, feature_table

_BAR = 0.2
"""Inches from bar to bar."""

_LONGEST = 2.2
"""Inches of the longest name of a column."""

_ROOM = 0.3
"""Room for the columns' values, as a share of the bars' axis."""


@checked
def draw_features(
    explanation: PairExplanation,
    path: str | Path | None = None,
    *,
    columns: Sequence[str] | None = None,
    most: int = 15,
    names: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
) -> Figure:
    """Draw the importance of each feature as bars, of query and reference side by side.

    For graphs of one node, such as the rows of a table, the value of each column is written
    beside its bar, before scaling where the graph has ``raw`` and ``raw_names``. In larger graphs
    a feature has the sum of its importances over the nodes.

    Args:
        explanation: What an explainer returned, with a mask of features.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        columns: Names of the features; by default the graphs' ``feature_names``, else numbers.
        most: How many features to draw, at least 1: those that are most important on either side,
            the most important on top.
        names: Names of query and reference; by default these words, and the graphs' ``name``.
        title: A line above the picture. If the parts of a pair matrix do not account for the
            similarity (other sign, or less than half), it says that instead.
        limit: Where the axes and the colours end, to compare pictures; by default the largest
            importance.

    Returns:
        The figure, 7.2 inches wide.

    Raises:
        ValueError: If there is not a mask of features, if the graphs' features differ in number or
            names, or if an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    whole("most", most, most=1000, why="each is a bar of the picture")
    table = feature_table(explanation, columns)
    title = headline(explanation.carried, title, "features")
    chosen = table.strongest(most)
    scale = ColourScale.of(table.values(), signed=explanation.signed, limit=limit)
    labels = [cut_to(table.columns[k], _LONGEST) for k in chosen]
    room = max(inches(label) for label in labels) + MARGIN
    height = _BAR * (len(chosen) + 0.4)
    words = summary(explanation, table.describe(chosen), "features")
    below = 1.2 * LINE + caption_room(words)
    figure, axes = pair_figure(titles_of(explanation, names), title, height, 1, room, below=below)
    for k, (ax, side) in enumerate(zip(axes, table.sides, strict=True)):
        _draw_bars(ax, side, chosen, scale)
        _name_rows(ax, labels if k == 0 else [""] * len(labels))
    foot(figure, {"": scale}, words)
    return save_figure(axes[0], path)


def _draw_bars(ax: Axes, side: FeatureSide, chosen: Sequence[int], scale: ColourScale) -> None:
    """Draw bars from 0, the first on top, and the columns' own values at the right."""
    low = -scale.limit if scale.signed else 0.0
    span = scale.limit - low
    ax.set(xlim=(low - 0.02 * span, scale.limit + _ROOM * span), ylim=(len(chosen) - 0.5, -0.9))
    ax.axvline(0.0, color=INK, linewidth=OUTLINE)
    if side.importance is None:
        ax.text(low + 0.03 * span, 0, "not explained", va="center", **lettering("", PLAIN))
    for row, k in enumerate(chosen):
        if side.importance is not None:
            value = float(side.importance[k])
            fill = scale.colour(value)
            ax.barh(row, value, height=0.72, color=fill, edgecolor=INK, linewidth=OUTLINE / 2)
        if side.inputs is not None:
            text = plain_number(float(side.inputs[k]))
            place = scale.limit + _ROOM * span
            ax.text(place, row, text, ha="right", va="center", **lettering(text, SMALL))
    if side.inputs is not None:
        place = scale.limit + _ROOM * span
        ax.text(place, -0.75, side.inputs_name, ha="right", va="center", **lettering("", SMALL))


def _name_rows(ax: Axes, labels: Sequence[str]) -> None:
    ax.set_yticks(range(len(labels)), labels)
    ax.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    ax.tick_params(length=0, pad=3)
    ax.grid(axis="x", color=FAINT, linewidth=0.4)
    ax.set_axisbelow(True)
    for spine in ax.spines.values():
        spine.set_visible(False)
    for text in ax.get_yticklabels():
        text.set(**lettering(text.get_text(), PLAIN))
    ax.tick_params(axis="x", labelsize=SMALL, labelcolor=INK)
