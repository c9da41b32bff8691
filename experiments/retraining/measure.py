"""Explanations of the same pairs by models of several training seeds, and group maps."""

import itertools
import statistics
from collections.abc import Callable
from typing import Any

import pandas as pd
from runner.quiet import quiet
from stability import brains, molecules, tables
from stability.trial import Trial

from pyg_siamex import (
    InputXGradient,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    PairExplanation,
    Saliency,
)
from pyg_siamex.explain import (
    IntegratedGradients,
    Invariance,
    PairAlgorithm,
    SelfLearned,
    SharedInvariance,
    mean_explanation,
)
from pyg_siamex.metric import GroupMap, evaluate, retraining_stability, stability

KEYS = {"set": str, "effect": float, "models": int, "queries": int, "references": int}
SETS: dict[str, Callable[..., Trial]] = {
    "nci": molecules.nci,
    "planted": brains.planted,
    "hcp": brains.hcp,
    "breast_cancer": tables.breast_cancer,
}
MEASURES = ("ground_truth", "insertion_deletion", "robust_fidelity")
KEPT = ("AUROC", "insertion - deletion", "robust fidelity")
_MANY_EDGES = 200
"""Occlusion takes a forward pass for each edge."""
Found = list[list[PairExplanation]]
"""Explanations of every pair, by model."""


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns: ``method``, ``of`` (``one`` model or ``mean`` of half), ``measure``, ``value``."""
    with quiet():
        trials = [_trial(unit, training) for training in range(unit["models"])]
        rows = [("models", "one", "pair AUC", statistics.mean(t.auc for t in trials))]
        explained = _explained(trials)
        half = unit["models"] // 2
        for name, found in explained.items():
            rows += _agreement(name, "one", found, trials[0])
            means = [
                [mean_explanation(pair) for pair in zip(*part, strict=True)]
                for part in (found[:half], found[half : 2 * half])
            ]
            rows += _agreement(name, "mean", means, trials[0])
            rows += _quality(name, "one", found, trials)
            rows += _quality(name, "mean", [m for m in means for _ in range(half)], trials)
    return pd.DataFrame(rows, columns=["method", "of", "measure", "value"]).round({"value": 5})


def _trial(unit: dict[str, Any], training: int) -> Trial:
    """One model; all models learn from the same graphs and explain the same pairs."""
    sizes = {name: unit[name] for name in ("queries", "references")}
    effect = {"effect": unit["effect"]} if unit["set"] == "planted" else {}
    return SETS[unit["set"]](0, training=training, of_another=0, **sizes, **effect)


def _explained(trials: list[Trial]) -> dict[str, Found]:
    out: dict[str, Found] = {}
    for trial in trials:
        for name, algorithm in _algorithms(trial).items():
            explainer = PairExplainer(trial.model, algorithm, side="query", **trial.masks)
            found = explainer.explain(trial.pairs.queries, trial.pairs.references)
            out.setdefault(name, []).append(found)
    return out


def _algorithms(trial: Trial) -> dict[str, PairAlgorithm]:
    if trial.shared:
        learned: Invariance = SharedInvariance.learn(trial.model, trial.pool, **trial.masks)
    else:
        learned = Invariance.learn(trial.model, trial.pool)
    algorithms: dict[str, PairAlgorithm] = {
        "SelfLearned GDA": SelfLearned("gda", learned),
        "SelfLearned KL": SelfLearned("kl", learned),
        "MaskOptimization": MaskOptimization(),
        "integrated gradients": IntegratedGradients(16),
        "input x gradient": InputXGradient(),
        "saliency": Saliency(),
    }
    if trial.pairs.queries[0].num_edges < _MANY_EDGES:
        algorithms["occlusion"] = Occlusion()
    if trial.shared:
        algorithms["group t"] = GroupMap.of_t_values(trial.pool)
        algorithms["ridge weights"] = GroupMap.of_ridge_weights(trial.pool)
    return algorithms


def _agreement(name: str, of: str, found: Found, trial: Trial) -> list[tuple]:
    """Agreement over models, and of each model over the references of a query."""
    undirected = trial.masks.get("undirected", False)
    by_pair = [retraining_stability(p, undirected=undirected) for p in zip(*found, strict=True)]
    numbers = trial.pairs.query_ids
    over_references = [
        stability([model[k] for k in own], undirected=undirected).spearman
        for model in found
        for _, own in itertools.groupby(range(len(numbers)), numbers.__getitem__)
        for own in [list(own)]
    ]
    return [
        (name, of, "retraining", statistics.mean(one.spearman for one in by_pair)),
        (name, of, "retraining, magnitude", statistics.mean(one.magnitude for one in by_pair)),
        (name, of, "retraining, top fifth", statistics.mean(one.jaccard for one in by_pair)),
        (name, of, "references", statistics.mean(over_references)),
    ]


def _quality(name: str, of: str, found: Found, trials: list[Trial]) -> list[tuple]:
    """Truth, and faithfulness to each model."""
    frames = [
        evaluate(
            {name: one},
            trial.pairs.queries,
            trial.pairs.references,
            model=trial.model,
            truth=trial.truth,
            measures=[m for m in MEASURES if m != "ground_truth" or trial.truth is not None],
            seeds=[0],
            undirected=trial.masks.get("undirected", False),
        )
        for one, trial in zip(found, trials, strict=False)
    ]
    frame = pd.concat(frames)
    frame = frame[(frame["method"] == name) & frame["measure"].isin(KEPT)]
    return [
        (name, of, what, float(v)) for what, v in frame.groupby("measure")["value"].mean().items()
    ]
