"""Checks that explain the same pair in two ways and compare."""

from collections.abc import Sequence
from typing import get_args

import torch
from torch import Tensor

from pyg_siamex.explain.check.comparison import (
    TERMS,
    Values,
    assert_close,
    assert_same,
    swapped,
    tolerance,
    values_of,
)
from pyg_siamex.explain.check.outcome import CheckError, NotApplicable
from pyg_siamex.explain.check.ties import duplicates_tie
from pyg_siamex.explain.check.trial import CheckPair, Trial, embedding_of
from pyg_siamex.explain.check.trial_graphs import keep_edges, renumbered
from pyg_siamex.explain.engine.problem import Side
from pyg_siamex.explain.explanation import PairExplanation


def batch(trial: Trial) -> None:
    """A pair gets the same values alone and in a batch."""
    alone = list(trial.explained())
    together = trial.explain([pair for pair, _ in alone])
    if len(together) != len(alone):
        raise CheckError(f"{len(alone)} pairs gave {len(together)} explanations")
    for (pair, expected), found in zip(alone, together, strict=True):
        _assert_close(trial, pair, values_of(expected), found, "in a batch")


def renumbered_nodes(trial: Trial) -> None:
    """Nodes in another order get the same values in that order."""
    _refuse_stochastic(trial)
    for pair, expected in _some(trial):
        order = _shuffled(pair.query.data.num_nodes)
        other = pair.with_query(renumbered(pair.query.data, order))
        noise = _noise(trial, pair, other, "nodes")
        common = trial.kind.node == "common_attributes"
        moved = ["relevance"] if common else ["relevance", "query.node_mask"]
        values = _moved(values_of(expected), moved, order)
        (found,) = trial.explain([other])
        _assert_close(trial, pair, values, found, "with nodes renumbered", noise)


def reordered_edges(trial: Trial) -> None:
    """Edges in another order get the same values in that order."""
    _refuse_stochastic(trial)
    for pair, expected in _some(trial):
        order = _shuffled(pair.query.data.num_edges)
        other = pair.with_query(keep_edges(pair.query.data, order))
        noise = _noise(trial, pair, other, "edges")
        values = _moved(values_of(expected), ["query.edge_mask"], order)
        (found,) = trial.explain([other])
        _assert_close(trial, pair, values, found, "with edges reordered", noise)


def swapped_sides(trial: Trial) -> None:
    """The swapped pair has the swapped masks."""
    _refuse_stochastic(trial)
    for pair, expected in _some(trial):
        (found,) = trial.explain([pair.turned()])
        gap = abs(found.prediction - expected.prediction)
        if gap > tolerance(trial.dtype) * max(1.0, abs(expected.prediction)):
            raise NotApplicable("the model's similarity is not symmetric")
        values = swapped(values_of(expected))
        _assert_close(trial, pair, values, found, "with sides swapped")


def one_side(trial: Trial) -> None:
    """``side="query"`` and ``side="reference"`` mask only that side."""
    pairs = [pair for pair, _ in _some(trial)]
    for side in get_args(Side)[1:]:
        for pair, found in zip(pairs, trial.explain(pairs, side=side), strict=True):
            values = values_of(found)
            other = [n for n in values if n.startswith("reference" if side == "query" else "query")]
            if other or not any(name.startswith(f"{side}.") for name in values):
                raise CheckError(f"side='{side}' gave {sorted(values)} for {pair.name}")
            bad = [name for name, value in values.items() if not value.isfinite().all()]
            if bad:
                raise CheckError(f"side='{side}' gave NaN or infinity in {bad[0]} of {pair.name}")


def deterministic(trial: Trial) -> None:
    """The same call twice gives the same bits."""
    for pair, _ in trial.plain()[:1]:
        first, second = trial.explain([pair])[0], trial.explain([pair])[0]
        assert_same(values_of(first), values_of(second), f"{pair.name}, explained twice,")


def _some(trial: Trial) -> list[tuple[CheckPair, PairExplanation]]:
    """A plain pair and two odd ones with many edges."""
    wanted = ("duplicate edges", "self loops among edges")
    odd = [(p, e) for p, e in trial.explained() if p.query.name in wanted]
    return [*trial.plain()[:1], *odd[:2]]


def _moved(values: Values, moved: Sequence[str], order: Tensor) -> dict[str, Tensor]:
    """The values, with rows reordered for the names in ``moved``."""
    return {name: value[order] if name in moved else value for name, value in values.items()}


def _noise(trial: Trial, pair: CheckPair, other: CheckPair, what: str) -> float:
    """Relative change of the model's embedding, which is only rounding if order does not matter."""
    before, after = (embedding_of(trial.model, p.query.data) for p in (pair, other))
    noise = float((before - after).norm() / before.norm().clamp_min(torch.finfo(before.dtype).tiny))
    if noise > tolerance(trial.dtype):
        raise NotApplicable(f"the model's embedding depends on the order of the {what}")
    return noise


def _refuse_stochastic(trial: Trial) -> None:
    if trial.stochastic:
        raise NotApplicable("the algorithm is stochastic: its random numbers go by position")


def _shuffled(count: int) -> Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(count))


def _assert_close(
    trial: Trial,
    pair: CheckPair,
    expected: Values,
    found: PairExplanation,
    how: str,
    noise: float = 0.0,
) -> None:
    """Raise unless both are equal up to rounding; pairs whose duplicate edges tie pass."""
    values = values_of(found)
    if not any(name.startswith(TERMS) for name in expected):
        values = {name: value for name, value in values.items() if not name.startswith(TERMS)}
    try:
        assert_close(expected, values, f"{pair.name}, {how},", trial.dtype, found.prediction, noise)
    except CheckError:
        if not duplicates_tie(trial, pair):
            raise
