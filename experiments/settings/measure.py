"""Vary one setting at a time, of self-learned masks and of what they are compared with."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from runner.quiet import quiet
from stability.measure import SETS, judged
from stability.methods import Explainers
from stability.trial import Trial
from torch_geometric.explain import GNNExplainer

from pyg_siamex import MaskOptimization, NeighbourhoodOcclusion, Occlusion, PairExplainer
from pyg_siamex.explain import (
    AmortisedInvariance,
    FromPyG,
    IntegratedGradients,
    Invariance,
    PairAlgorithm,
    SelfLearned,
    SharedInvariance,
)
from pyg_siamex.explain.self_learned.solver import KLDescent

KEYS = {
    "set": str,
    "seed": int,
    "queries": int,
    "references": int,
    "of_another": int,
    "steps": int,
    "draws": int,
    "sweeps": dict,
}


_LOCAL: dict[str, PairAlgorithm | None] = {
    "default": None,
    "occlusion": Occlusion(),
    "neighbourhood occlusion": NeighbourhoodOcclusion(),
    "integrated gradients": IntegratedGradients(16),
}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns ``sweep``, ``value`` of its setting, ``measure``, and its ``mean`` over queries."""
    with quiet():
        sizes = {name: unit[name] for name in ("queries", "references", "of_another")}
        trial = SETS[unit["set"]](unit["seed"], **sizes)
        learned, chosen = learn(trial), list(range(len(trial.pairs)))
        parts = []
        for sweep, values in unit["sweeps"].items():
            explainers: Explainers = {
                value: _explainer(trial, algorithm)
                for value, algorithm in SWEEPS[sweep](trial, values)
            }
            if not explainers:
                continue
            frame = judged(trial, learned, explainers, chosen, unit)
            parts.append(frame.assign(sweep=sweep))
    keys = ["sweep", "method", "measure"]
    frame = pd.concat(parts).groupby(keys, sort=False)["value"].mean().reset_index()
    return frame.rename(columns={"value": "mean", "method": "value"}).round(5)


def learn(trial: Trial, references: int = 20, **settings: Any) -> Invariance:
    """The invariance of a trial's kind, as users get it but for some settings."""
    if trial.shared:
        return SharedInvariance.learn(
            trial.model, trial.pool, references, **trial.masks, **settings
        )
    return Invariance.learn(trial.model, trial.pool, references, **settings)


def _delta(trial: Trial, values: list[float]) -> list[tuple[str, PairAlgorithm]]:
    learned = learn(trial)
    return [(f"{v:g}", SelfLearned("gda", learned, delta=v)) for v in values]


def _beta(trial: Trial, values: list[float]) -> list[tuple[str, PairAlgorithm]]:
    learned = learn(trial)
    return [(f"{v:g}", SelfLearned(KLDescent(v), learned)) for v in values]


def _alpha(trial: Trial, values: list[float]) -> list[tuple[str, PairAlgorithm]]:
    return [(f"{v:g}", SelfLearned("gda", learn(trial, alpha=v))) for v in values]


def _own(trial: Trial, values: list[float]) -> list[tuple[str, PairAlgorithm]]:
    return [(f"{v:g}", SelfLearned("gda", learn(trial, own=v))) for v in values]


def _references(trial: Trial, values: list[int]) -> list[tuple[str, PairAlgorithm]]:
    return [(f"{v}", SelfLearned("gda", learn(trial, v))) for v in values]


def _evidence(trial: Trial, values: list[str]) -> list[tuple[str, PairAlgorithm]]:
    """What the consensus is of, and whether a scorer predicts it; graphs that share nothing."""
    if trial.shared:
        return []
    found: list[tuple[str, PairAlgorithm]] = []
    for value in values:
        name, _, predicted = value.partition(", ")
        if predicted:
            learned: Invariance = AmortisedInvariance.learn(
                trial.model, trial.pool, algorithms=_LOCAL[name], **trial.masks
            )
        else:
            learned = learn(trial, algorithms=_LOCAL[name])
        found.append((value, SelfLearned("gda", learned)))
    return found


def _gradient_points(trial: Trial, values: list[int]) -> list[tuple[str, PairAlgorithm]]:
    return [(f"{v}", IntegratedGradients(v)) for v in values]


def _mask_size(trial: Trial, values: list[float]) -> list[tuple[str, PairAlgorithm]]:
    return [(f"{v:g}", MaskOptimization(size=v)) for v in values]


def _gnn_explainer(trial: Trial, values: list[dict]) -> list[tuple[str, PairAlgorithm]]:
    """Its defaults (``{}``), or a learning rate and weights for edges and nodes alike."""
    found: list[tuple[str, PairAlgorithm]] = []
    for value in values:
        weights = {}
        if value:
            size, entropy = value["size"], value["entropy"]
            weights = {"edge_size": size, "edge_reduction": "mean", "edge_ent": entropy}
            weights |= {"node_feat_size": size, "node_feat_ent": entropy, "lr": value["lr"]}
        label = ", ".join(f"{name} {number:g}" for name, number in value.items()) or "default"
        found.append((label, FromPyG(GNNExplainer(epochs=100, **weights), seed=0)))
    return found


SWEEPS: Mapping[str, Callable[[Trial, list], list[tuple[str, PairAlgorithm]]]] = {
    "delta": _delta,
    "beta": _beta,
    "alpha": _alpha,
    "own": _own,
    "references": _references,
    "evidence": _evidence,
    "points of integrated gradients": _gradient_points,
    "size of MaskOptimization": _mask_size,
    "GNNExplainer": _gnn_explainer,
}


def _explainer(trial: Trial, algorithm: PairAlgorithm) -> PairExplainer:
    return PairExplainer(trial.model, algorithm, side="query", **trial.masks)
