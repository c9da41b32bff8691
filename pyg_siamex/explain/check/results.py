"""Checks that read the explanations of single pairs."""

from collections.abc import Iterator

import torch
from torch import Tensor

from pyg_siamex.explain.check.comparison import tolerance, values_of
from pyg_siamex.explain.check.outcome import CheckError, Failed, NotApplicable, Refused
from pyg_siamex.explain.check.trial import CheckPair, Trial


def shapes(trial: Trial) -> None:
    """Masks, relevance, terms and further results have the requested shapes and lengths."""
    _raise_failures(trial, "shapes")


def floating(trial: Trial) -> None:
    """Masks and relevance are floating point."""
    _raise_failures(trial, "floating")


def finite(trial: Trial) -> None:
    """Masks, relevance and terms hold neither NaN nor infinity."""
    _raise_failures(trial, "finite")
    for pair, explanation in trial.explained():
        for name, value in values_of(explanation).items():
            bad = int((~value.isfinite()).sum())
            if bad:
                raise CheckError(
                    f"{bad} of {value.numel()} values of {name} of {pair.name} are NaN or infinite"
                )


def odd(trial: Trial) -> None:
    """Graphs of one node, without edges, with duplicates or only self loops are explained."""
    outcomes = [(pair, outcome) for pair, outcome in trial.alone() if pair.odd]
    if not outcomes:
        raise NotApplicable("the model reads none of the odd graphs")
    for pair, outcome in outcomes:
        if isinstance(outcome, Failed) and outcome.check not in ("shapes", "floating"):
            raise CheckError(f"{pair.name} {outcome.message}")
    refused = [(p, o) for p, o in outcomes if isinstance(o, Refused)]
    if refused:
        names = ", ".join(pair.name for pair, _ in refused)
        raise ValueError(f"{refused[0][1].message} (of {names})")


def self_loops(trial: Trial) -> None:
    """Self loops have 0 in edge masks."""
    for where, edge_index, mask in _edge_masks(trial):
        loops = mask[edge_index[0] == edge_index[1]]
        if loops.any():
            raise CheckError(f"a self loop of {where} has {float(loops.abs().max()):.2g}, not 0")


def undirected(trial: Trial) -> None:
    """An edge, its reverse and its duplicates share one value."""
    for where, edge_index, mask in _edge_masks(trial):
        if not mask.numel():
            continue
        ends = edge_index.sort(dim=0).values.T
        _, number = ends.unique(dim=0, return_inverse=True)
        empty = mask.new_zeros(int(number.max()) + 1)
        highest = empty.scatter_reduce(0, number, mask, "amax", include_self=False)
        lowest = empty.scatter_reduce(0, number, mask, "amin", include_self=False)
        apart = float((highest - lowest).max())
        if apart > tolerance(trial.dtype) * float(mask.abs().max()):
            raise CheckError(f"the directions of an edge of {where} differ by {apart:.2g}")


def completeness_error(trial: Trial) -> None:
    """``completeness_error`` is finite and not negative, if it is given."""
    errors = [(p, e.completeness_error) for p, e in trial.explained()]
    if all(error is None for _, error in errors):
        raise NotApplicable("no completeness_error is given")
    for pair, error in errors:
        if error is None or not 0 <= error < float("inf"):
            raise CheckError(
                f"completeness_error of {pair.name} is {error}, and must be finite and at least 0"
            )


def _raise_failures(trial: Trial, check: str) -> None:
    for pair, outcome in trial.alone():
        if isinstance(outcome, Failed) and outcome.check == check:
            raise CheckError(f"{pair.name}: {outcome.message}")


def _edge_masks(trial: Trial) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Where, edges, and values of every edge mask."""
    for pair, explanation in trial.explained():
        for side in ("query", "reference"):
            graph = getattr(explanation, side)
            yield _place(side, pair), graph.edge_index, torch.nan_to_num(graph.edge_mask)


def _place(side: str, pair: CheckPair) -> str:
    return f"the {side} of {pair.name}"
