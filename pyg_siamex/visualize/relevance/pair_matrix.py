"""The pair matrix as a heat map, by node and by group of nodes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex.data.named_atoms import names_atoms
from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.elements import strongest
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.group_relevance import GroupRelevance, membership
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import FORMATS, save_figure
from pyg_siamex.visualize.paper.lettering import PLAIN
from pyg_siamex.visualize.paper.picture_file import picture_format
from pyg_siamex.visualize.paper.words import amount, headline, pair_names, summary
from pyg_siamex.visualize.relevance.matrix_axes import heat_map, new_axes

Groups = Mapping[str, Sequence[int]] | Sequence[Any] | Tensor

_MOST_LABELS = 45
"""Most nodes that an axis names; a longer axis names groups alone."""

_MOST_NUMBERS = 12
"""Most groups with numbers in the cells."""

_MOST_CELLS = 1000
"""Most rows or columns that are drawn; of more nodes, blocks of pairs are summed."""

_FULL = 0.05
"""Share of the blocks that have the strongest colours; beside a few of them others were blank."""

_BLOCKS = "each cell sums {side} x {side} {kind}, the strongest {full:.0%} have full colour"


class _Ordered(NamedTuple):
    """An axis: its nodes in drawing order, and its groups' names and sizes, in that order too."""

    nodes: list[int]
    groups: list[tuple[str, int]]


@checked
def draw_relevance(
    explanation: PairExplanation,
    path: str | Path | None = None,
    *,
    query_groups: Groups | None = None,
    reference_groups: Groups | None = None,
    order: Literal["graph", "strength"] = "graph",
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    limit: float | None = None,
) -> Figure:
    """Draw the pair matrix: what each query node and each reference node contribute together.

    Of more than 1,000 nodes, each cell is the sum of a block of neighbours in the drawing order,
    and the strongest twentieth of the cells has full colour, as the title says.

    Args:
        explanation: An explanation with a pair matrix.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        query_groups: Groups of the query's nodes, as for :meth:`PairExplanation.group`; their
            nodes are drawn side by side, with lines between groups.
        reference_groups: The same of the reference.
        order: Order of the nodes, within their groups: ``"graph"`` as in the graph, or
            ``"strength"`` by the sum of absolute relevance, the strongest first.
        names: Names of query and reference.
        ax: Axes to draw into; by default a new figure's.
        limit: Relevance of the strongest colour; by default the largest one, as far as each cell is
            a pair.

    Returns:
        The figure, which is the caller's own when ``ax`` is given.

    Raises:
        ValueError: If there is no pair matrix, or an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    if order not in ("graph", "strength"):
        raise ValueError(f"order must be 'graph' or 'strength' (got {order!r})")
    query_name, reference_name = pair_names(names)
    rows = _ordered(explanation, query_groups, order, side=0)
    columns = _ordered(explanation, reference_groups, order, side=1)
    matrix = _matrix(explanation)[rows.nodes][:, columns.nodes]
    side = -(-max(matrix.shape) // _MOST_CELLS)
    blocks = block_sums(matrix, side)
    if side > 1 and limit is None and bool(blocks.any()):
        limit = float(blocks[blocks != 0].abs().quantile(1 - _FULL))
    scale = ColourScale.of(blocks.flatten().tolist(), signed=True, limit=limit)
    ax = ax or new_axes(len(rows.nodes), len(columns.nodes))
    labels = _labels(explanation.query, rows), _labels(explanation.reference, columns)
    heat_map(ax, blocks.numpy(), scale, labels, (rows.groups, columns.groups), side=side)
    ax.set_ylabel(query_name, parse_math=False, size=PLAIN)
    ax.set_xlabel(reference_name, parse_math=False, size=PLAIN)
    kind = "atoms" if names_atoms(explanation.query) else "nodes"
    remark = _BLOCKS.format(side=side, kind=kind, full=_FULL) if side > 1 else ""
    _head(ax, explanation.carried, summary(explanation, remark, parts=kind), kind)
    return save_figure(ax, path)


@checked
def draw_group_relevance(
    relevance: GroupRelevance,
    path: str | Path | None = None,
    *,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    limit: float | None = None,
) -> Figure:
    """Draw the relevance between groups of nodes, with its numbers where there is room.

    Args:
        relevance: What :meth:`PairExplanation.group` returned.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        names: Names of query and reference.
        ax: Axes to draw into; by default a new figure's.
        limit: Relevance of the strongest colour; by default the largest one.

    Returns:
        The figure, which is the caller's own when ``ax`` is given.

    Raises:
        ValueError: If an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    query_name, reference_name = pair_names(names)
    matrix = relevance.matrix.detach().cpu().double()
    scale = ColourScale.of(matrix.flatten().tolist(), signed=True, limit=limit)
    ax = ax or new_axes(*(2 * size for size in matrix.shape))
    labels = relevance.query_groups, relevance.reference_groups
    heat_map(ax, matrix.numpy(), scale, labels, numbers=max(matrix.shape) <= _MOST_NUMBERS)
    ax.set_ylabel(query_name, parse_math=False, size=PLAIN)
    ax.set_xlabel(reference_name, parse_math=False, size=PLAIN)
    if relevance.carried is not None:
        words = f"groups carry {amount(relevance.carried)}" if relevance.carried.agrees else ""
        _head(ax, relevance.carried, words, "groups")
    return save_figure(ax, path)


def _head(ax: Axes, carried: Carried | None, words: str, parts: str) -> None:
    """Write over a matrix what its cells carry, and where they do not account for the whole."""
    warning = headline(carried, "", parts).replace(": ", ":\n")
    ax.set_title("\n".join(filter(None, (warning, words))), parse_math=False, size=PLAIN)


def _matrix(explanation: PairExplanation) -> Tensor:
    if explanation.relevance is None:
        raise ValueError(
            f"{explanation.algorithm or 'this explainer'} gives masks and no pair matrix: "
            f"use BiLRP or IntegratedJacobians"
        )
    return explanation.relevance.detach().cpu().double()


def block_sums(matrix: Tensor, side: int) -> Tensor:
    """Sums of square blocks of a matrix; the last ones may be smaller.

    Args:
        matrix: ``[n, m]``.
        side: Rows and columns of a block.
    """
    if side == 1:
        return matrix
    rows, columns = (torch.arange(size) // side for size in matrix.shape)
    narrow = matrix.new_zeros(len(matrix), int(columns[-1]) + 1).index_add_(1, columns, matrix)
    return narrow.new_zeros(int(rows[-1]) + 1, narrow.size(1)).index_add_(0, rows, narrow)


def _ordered(
    explanation: PairExplanation, groups: Groups | None, order: str, side: int
) -> _Ordered:
    """List the nodes of one side, group by group."""
    matrix = _matrix(explanation)
    size = matrix.size(side)
    by_graph = order == "graph"
    nodes = list(range(size)) if by_graph else strongest(matrix.abs().sum(1 - side))
    if groups is None:
        return _Ordered(nodes, [])
    names, member = membership(groups, size, ("query_groups", "reference_groups")[side])
    parts = [[node for node in nodes if member[k, node]] for k in range(len(names))]
    sizes = [(name, len(part)) for name, part in zip(names, parts, strict=True) if part]
    return _Ordered([node for part in parts for node in part], sizes)


def _labels(explanation: Explanation, axis: _Ordered) -> list[str] | None:
    """Name each node by element and number, or by number; ``None`` if there are too many."""
    if len(axis.nodes) > _MOST_LABELS:
        return None
    if not names_atoms(explanation):
        return [str(node) for node in axis.nodes]
    from pyg_siamex.chemistry import atom_names, drawable_molecule  # only molecules need RDKit

    names = atom_names(drawable_molecule(explanation))
    return [names[node] for node in axis.nodes]
