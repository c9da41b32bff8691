r"""Sums over all pairs of graphs, by class and group, without a loop over pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.overview.group_factors import GroupFactors

MOMENT_NUMBERS = 50_000_000
"""Largest size of all second moments for which they replace the products of all parts."""

BLOCK_NUMBERS = 8_000_000
"""Number of products of parts held at once."""


@dataclass(frozen=True)
class Tally:
    """Sums over pairs of two different graphs; a pair counts in both orders.

    A cell is a group in a class. For C classes and G groups, group g of class c is cell
    ``c * G + g``.

    Attributes:
        sums: Relevance, ``[C G, C G]`` double.
        squares: Squared relevance of a pair's two groups.
        counts: Number of pairs that have both groups.
        pairs: Number of pairs by class, ``[C, C]``.
        whole: Sums by class of what relevance should sum to, ``[C, C]``: similarities; for a
            distance their part that depends on both graphs.
        towards: Mean relevance of each graph's groups towards the other graphs of each class,
            ``[N, C, G]``; 0 for a group that the graph lacks, NaN without pairs.
    """

    sums: Tensor
    squares: Tensor
    counts: Tensor
    pairs: Tensor
    whole: Tensor
    towards: Tensor


def tally_factors(factors: GroupFactors, classes: Tensor, num_classes: int) -> Tally:
    r"""Tally all pairs of N graphs from their factors.

    .. math:: \sum_{t \in a, u \in b} \ell_t^\top r_u
              = \Bigl(\sum_{t \in a} \ell_t\Bigr)^{\!\top} \sum_{u \in b} r_u, \qquad
              \sum_{t \in a, u \in b} (\ell_t^\top r_u)^2
              = \Bigl\langle \sum_{t \in a} \ell_t \ell_t^\top,
                \sum_{u \in b} r_u r_u^\top \Bigr\rangle

    for cells a and b, minus the pairs of parts of one graph. This is exact for all pairs and needs
    a single pass over the graphs.

    Args:
        factors: Factors of the groups of N graphs.
        classes: Class of each graph, ``[N]`` long.
        num_classes: Number of classes C.
    """
    groups = len(factors.names)
    cell = classes.index_select(0, factors.graph) * groups + factors.group
    cells = num_classes * groups
    sums = _added(factors.left, cell, cells) @ _added(factors.right, cell, cells).T
    squares = _square_sums(factors.left, factors.right, cell, cells)
    present = torch.bincount(cell, minlength=cells).double()
    counts = torch.outer(present, present)
    one, other = factors.within()
    own = (factors.left.index_select(0, one) * factors.right.index_select(0, other)).sum(1)
    place = cell.index_select(0, one) * cells + cell.index_select(0, other)
    for total, part in ((sums, own), (squares, own.square()), (counts, torch.ones_like(own))):
        total.view(-1).index_add_(0, place, part, alpha=-1)
    members = torch.bincount(classes, minlength=num_classes).double()
    pairs = torch.outer(members, members) - members.diag()
    whole = _whole(factors, classes, num_classes)
    towards = _towards(factors, classes, members)
    return Tally(sums, squares.clamp_min(0), counts, pairs, whole, towards)


def tally_explanations(
    explanations: Sequence[PairExplanation],
    index: Tensor,
    classes: Tensor,
    num_classes: int,
    groups: Sequence[Sequence[object]],
    names: Sequence[str],
) -> Tally:
    """Tally listed pairs from their pair matrices.

    Args:
        explanations: P pairs.
        index: Positions of query and reference among the N graphs, ``[P, 2]``.
        classes: Class of each graph, ``[N]`` long.
        num_classes: Number of classes C.
        groups: For each graph, the group of each of its nodes.
        names: Name of each of the G groups.

    Raises:
        ValueError: If an explanation has no pair matrix.
    """
    place = {name: k for k, name in enumerate(names)}
    count, cells = len(classes), num_classes * len(names)
    sums, squares, counts = (torch.zeros(cells, cells, dtype=torch.double) for _ in range(3))
    pairs, whole = (torch.zeros(num_classes, num_classes, dtype=torch.double) for _ in range(2))
    towards = torch.zeros(count, num_classes, len(names), dtype=torch.double)
    partners = torch.zeros(count, num_classes, 1, dtype=torch.double)
    for explanation, both in zip(explanations, index.tolist(), strict=True):
        found = explanation.group(*(list(map(str, groups[graph])) for graph in both))
        matrix = found.matrix.double()
        known = explanation.carried
        for (one, other), own, others, values in (
            (both, found.query_groups, found.reference_groups, matrix),
            (both[::-1], found.reference_groups, found.query_groups, matrix.T),
        ):
            row, column = (torch.tensor([place[name] for name in own_]) for own_ in (own, others))
            a, b = int(classes[one]), int(classes[other])
            where = (a * len(names) + row)[:, None], (b * len(names) + column)[None]
            for total, part in ((sums, values), (squares, values.square())):
                total[where] += part
            counts[where] += 1
            pairs[a, b] += 1
            whole[a, b] += explanation.prediction if known is None else known.whole
            towards[one, b, row] += values.sum(1)
            partners[one, b] += 1
    # 0 / 0 is NaN without pairs
    return Tally(sums, squares, counts, pairs, whole, towards / partners)


def _whole(factors: GroupFactors, classes: Tensor, num_classes: int) -> Tensor:
    """Sums by class of the products of whole embeddings, without graphs with themselves."""
    left, right = factors.embedding
    total = _added(left, classes, num_classes) @ _added(right, classes, num_classes).T
    own = torch.zeros(num_classes, dtype=torch.double).index_add(0, classes, (left * right).sum(1))
    return total - own.diag()


def _added(values: Tensor, cell: Tensor, cells: int) -> Tensor:
    return values.new_zeros(cells, values.size(1)).index_add(0, cell, values)


def _square_sums(left: Tensor, right: Tensor, cell: Tensor, cells: int) -> Tensor:
    """Sums of squared products over all pairs of parts, by cell, ``[cells, cells]``."""
    if cells * left.size(1) ** 2 <= MOMENT_NUMBERS:
        return _moments(left, cell, cells) @ _moments(right, cell, cells).T
    total = left.new_zeros(cells, cells)
    for rows in torch.arange(len(left)).split(max(BLOCK_NUMBERS // len(right), 1)):
        squares = (left[rows] @ right.T).square()
        by_row = _added(squares, cell[rows], cells)
        total += _added(by_row.T, cell, cells).T
    return total


def _moments(values: Tensor, cell: Tensor, cells: int) -> Tensor:
    """Sum of outer products of each cell's rows, flattened, ``[cells, D D]``."""
    out = values.new_zeros(cells, values.size(1) ** 2)
    for number in cell.unique().tolist():
        rows = values.index_select(0, (cell == number).nonzero().flatten())
        out[number] = (rows.T @ rows).flatten()
    return out


def _towards(factors: GroupFactors, classes: Tensor, members: Tensor) -> Tensor:
    """Mean relevance of each graph's groups towards each class without the graph itself."""
    whole, count = factors.whole(), len(members)
    of_class = whole.new_zeros(count, whole.size(1)).index_add(0, classes, whole)
    own = torch.nn.functional.one_hot(classes, count).double()  # [N, C]
    parts = factors.left @ of_class.T  # [T, C]
    alone = (factors.left * whole.index_select(0, factors.graph)).sum(1, keepdim=True)
    parts = parts - own.index_select(0, factors.graph) * alone
    shape = factors.size, len(factors.names), count
    filled = whole.new_zeros(shape[0] * shape[1], count)
    filled = filled.index_add(0, factors.graph * shape[1] + factors.group, parts)
    partners = (members - own).unsqueeze(2)  # [N, C, 1]
    towards = filled.view(shape).transpose(1, 2) / partners
    return towards.masked_fill(partners == 0, torch.nan)  # rounding / 0 is infinity
