"""The pair matrix between functional networks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from pyg_siamex._door import checked
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.page_width import width_of
from pyg_siamex.visualize.connectome.regions import regions_of
from pyg_siamex.visualize.paper.figure import DPI, ShownFigure
from pyg_siamex.visualize.relevance.pair_matrix import draw_group_relevance

_TALL = {1: 0.95, 2: 0.75}
"""Height as a share of the width, by columns."""


@checked
def draw_network_relevance(
    explanation: PairExplanation,
    path: str | Path | None = None,
    *,
    atlas: Any = None,
    names: Sequence[str] | None = None,
    limit: float | None = None,
    columns: int = 2,
) -> Figure:
    """Draw what each network of the query and each network of the reference contribute together.

    The pair matrix of BiLRP or integrated Jacobians, summed over networks by
    :meth:`PairExplanation.group`; its total is unchanged.

    Args:
        explanation: An explanation with a pair matrix.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        atlas: A mapping or an object with ``networks``, a name per region, such as an
            :class:`~pyg_siamex.datasets.connectome.Atlas`; by default the graphs' ``networks``.
        names: Names of query and reference.
        limit: Relevance of the strongest colour, to compare pictures; by default the largest.
        columns: Width of the figure in columns of a journal, 1 (3.5 inches) or 2 (7.2 inches).

    Returns:
        The figure.

    Raises:
        ValueError: If there is no pair matrix, if a graph has no networks, or if an argument is
            out of its range.
    """
    query = regions_of(explanation.query, atlas, "the query").grouped("the query")
    reference = regions_of(explanation.reference, atlas, "the reference")
    relevance = explanation.group(query, reference.grouped("the reference"))
    width = width_of(columns)
    size = (width, width * _TALL[columns])
    ax = ShownFigure(figsize=size, dpi=DPI, layout="constrained", facecolor="#ffffff").add_subplot()
    return draw_group_relevance(relevance, path, names=names, ax=ax, limit=limit)
