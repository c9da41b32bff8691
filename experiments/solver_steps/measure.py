"""Explain the same pairs with ever more steps of both solvers."""

import time
from collections.abc import Iterator
from typing import Any

import pandas as pd
from runner.quiet import quiet
from settings.measure import learn
from stability.measure import SETS
from stability.trial import Trial

from pyg_siamex import PairExplainer, PairExplanation
from pyg_siamex.explain import DescentAscent, KLDescent, SelfLearned
from pyg_siamex.explain.self_learned.solver import Solver
from pyg_siamex.metric import evaluate

KEYS = {
    "set": str,
    "seed": int,
    "queries": int,
    "references": int,
    "of_another": int,
    "repeats": int,
    "counts": list,
}
JUDGED = {
    "AUROC": "AUROC",
    "stability, magnitude": "stability",
    "insertion - deletion": "insertion - deletion",
}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns ``solver``, ``count`` of its steps, ``measure``, ``value``, a mean over pairs.

    Measures are AUROC, stability over references, insertion - deletion, and of the last step the
    ``objective``, the ``stationarity`` of the masks, and the share of pairs that ``converged``;
    ``seconds`` are of all pairs together, with what the invariance explains of them.
    """
    with quiet():
        sizes = {name: unit[name] for name in ("queries", "references", "of_another")}
        trial = SETS[unit["set"]](unit["seed"], **sizes)
        rows: list[tuple[str, int, str, float]] = []
        found: dict[str, list[PairExplanation]] = {}
        for name, count, explainer in explainers(trial, unit["counts"]):
            seconds = []
            for _ in range(unit["repeats"]):
                start = time.perf_counter()
                explained = explainer.explain(trial.pairs.queries, trial.pairs.references)
                seconds.append(time.perf_counter() - start)
            rows.append((name, count, "seconds", min(seconds)))
            rows += [(name, count, *row) for row in at_the_end(explained)]
            found[f"{name} {count}"] = explained
        rows += judged(trial, found)
    frame = pd.DataFrame(rows, columns=["solver", "count", "measure", "value"])
    frame["value"] = [float(f"{value:.4g}") for value in frame["value"]]
    return frame


def explainers(trial: Trial, counts: list[int]) -> Iterator[tuple[str, int, PairExplainer]]:
    """Both solvers with each number of steps, as users get them but for these."""
    learned = learn(trial)
    for count in counts:
        solvers: dict[str, Solver] = {"GDA": DescentAscent(count), "KL": KLDescent(steps=count)}
        for name, solver in solvers.items():
            algorithm = SelfLearned(solver, learned)
            yield name, count, PairExplainer(trial.model, algorithm, side="query", **trial.masks)


def at_the_end(explained: list[PairExplanation]) -> Iterator[tuple[str, float]]:
    """What the last steps say, as means over pairs."""
    last = pd.DataFrame(
        {
            "objective": found.info["trajectory"]["objective"][-1],
            "stationarity": found.info["trajectory"]["stationarity_masks"][-1],
            "converged": float(found.info["converged"]),
        }
        for found in explained
    )
    yield from last.mean().items()


def judged(
    trial: Trial, found: dict[str, list[PairExplanation]]
) -> Iterator[tuple[str, int, str, float]]:
    """Agreement with the truth, and of explanations of a query over its references."""
    pairs = trial.pairs
    frame = evaluate(
        {name: {0: explained} for name, explained in found.items()},
        pairs.queries,
        pairs.references,
        model=trial.model,
        truth=trial.truth,
        query_ids=pairs.query_ids,
        measures=("ground_truth", "insertion_deletion"),
        steps=10,
        undirected=trial.masks.get("undirected", False),
    )
    frame = frame[frame["measure"].isin(list(JUDGED)) & frame["method"].isin(list(found))]
    for (method, name), value in frame.groupby(["method", "measure"], sort=False)["value"]:
        solver, count = method.split()
        yield solver, int(count), JUDGED[name], float(value.mean())
