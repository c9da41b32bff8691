"""Stability of every pair of a table, over references of its query and over seeds."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from pyg_siamex._given import either
from pyg_siamex._numbers import shown
from pyg_siamex.explain.explained_graph import same_graph
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.agreement import spearman, top_jaccard
from pyg_siamex.metric.measure import Column
from pyg_siamex.metric.protocol import EvaluationProtocol
from pyg_siamex.metric.stability import importance_rows, reference_spread
from pyg_siamex.nn.siamese import SiameseGNN

REFERENCE_COLUMNS = (
    Column("stability", "high", -1, 1),
    Column("stability, magnitude", "high", -1, 1),
    Column("top overlap", "high", 0, 1),
    Column("other class", "", -1, 1),
    Column("other class, magnitude", "", -1, 1),
    Column("spread", "", -1, 1),
)
"""Columns of :func:`over_references`."""

SEED_COLUMNS = (Column("seed floor", "high", -1, 1),)
"""Columns of :func:`over_seeds`."""


def over_references(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    query_ids: Sequence[Hashable],
    reference_labels: Sequence[Hashable] | None,
    share: float,
    protocol: EvaluationProtocol,
) -> dict[str, Tensor]:
    """Agreement of each pair with the other pairs of its query, see :func:`stability`.

    Args:
        model: The model, for the spread of the references.
        explanations: P explanations.
        query_ids: Equal for pairs of the same query, ``[P]``.
        reference_labels: Class of each reference, ``[P]``, or ``None`` for a single class.
        share: Share of the elements in the top.
        protocol: Which elements are compared.

    Returns:
        Columns ``[P]``; ``nan`` if a pair has nothing to be compared with.
    """
    labels = either(reference_labels, [0] * len(explanations))
    columns: dict[str, Tensor] = defaultdict(lambda: _unknown(len(explanations)))
    for group in _groups(query_ids):
        members = [explanations[k] for k in group]
        rows = importance_rows(members, protocol)
        own = [labels[k] for k in group]
        same = torch.tensor([[a == b for b in own] for a in own])
        apart = ~torch.eye(len(group), dtype=torch.bool)
        index = torch.tensor(group)
        rho, size = spearman(rows, rows), spearman(rows.abs(), rows.abs())
        columns["stability"][index] = _mean(rho, same & apart)
        columns["stability, magnitude"][index] = _mean(size, same & apart)
        top = top_jaccard(rows.abs(), rows.abs(), share)
        columns["top overlap"][index] = _mean(top, same & apart)
        if reference_labels is not None:
            columns["other class"][index] = _mean(rho, ~same)
            columns["other class, magnitude"][index] = _mean(size, ~same)
        if len(group) > 1:
            found = reference_spread(model, members, protocol)
            columns["spread"][index] = torch.nan if found is None else found
    return dict(columns)


def over_seeds(
    by_seed: Sequence[Sequence[PairExplanation]], protocol: EvaluationProtocol
) -> list[dict[str, Tensor]]:
    """Mean Spearman correlation of each pair with its own explanations under other seeds.

    Args:
        by_seed: P explanations of the same pairs for each of two or more seeds.
        protocol: Which elements are compared.

    Returns:
        For each seed a column ``[P]``.
    """
    apart = ~torch.eye(len(by_seed), dtype=torch.bool)
    # Works for both sides too: the pair is the same, so its elements are the same.
    one = protocol if protocol.side != "both" else replace(protocol, side="query")
    means = [
        _mean(spearman(rows, rows), apart)
        for rows in (importance_rows(runs, one) for runs in zip(*by_seed, strict=True))
    ]
    return [{"seed floor": column} for column in torch.stack(means, dim=1)]


def check_ids(
    explanations: Sequence[PairExplanation],
    query_ids: Sequence[Hashable],
    protocol: EvaluationProtocol,
) -> None:
    """Refuse equal ids of different graphs.

    Raises:
        ValueError: If graphs with equal ids differ, or both sides are measured.
    """
    side = "reference" if protocol.side == "reference" else "query"
    for group in _groups(query_ids):
        first, *others = group
        for other in others:
            one, two = (getattr(explanations[k], side) for k in (first, other))
            if not same_graph(one, two):
                raise ValueError(
                    f"`query_ids` of pairs {first} and {other} are {shown(query_ids[first])}, and "
                    f"the {side} of one differs from that of the other in nodes or edges"
                )
        importance_rows([explanations[k] for k in group], protocol)


def _groups(ids: Sequence[Hashable]) -> list[list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for position, key in enumerate(ids):
        groups[key].append(position)
    return list(groups.values())


def _mean(values: Tensor, chosen: Tensor) -> Tensor:
    """Mean of the chosen, defined entries of each row, ``[R]``."""
    return torch.where(chosen, values, torch.nan).nanmean(1)


def _unknown(size: int) -> Tensor:
    return torch.full((size,), float("nan"), dtype=torch.double)
