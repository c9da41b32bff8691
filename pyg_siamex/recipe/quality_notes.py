"""How good a cross-validated model is, in sentences for pages and terminals."""

from collections.abc import Mapping, Sequence
from math import isnan
from statistics import mean, stdev
from typing import Any


def quality_notes(metadata: Mapping[str, Any]) -> list[str]:
    """How far a model that was cross-validated can be trusted, in sentences; else none.

    Args:
        metadata: What a model's file says of it.

    Example:
        >>> quality_notes({"training_pair_auc": 1.0})[0]
        "the model's training pair AUC is 1.000"
    """
    judged = metadata.get("cross_validation")
    if judged is None:
        value = metadata.get("training_pair_auc")
        if value is None:
            return []
        return [
            f"the model's training pair AUC is {value:.3f}",
            "nothing was held out: probabilities are of pairs that the model has learned from",
        ]
    values = judged["pair_auc"]
    known = [value for value in values if not isnan(value)]
    spread = f" \u00b1 {stdev(known):.3f}" if len(known) > 1 else ""
    notes = [
        f"the model's pair AUC on held-out subjects is {_mean(values):.3f}{spread} over "
        f"{len(known)} folds"
    ]
    linear = judged.get("baselines", {}).get("linear model", {}).get("pair AUC")
    if linear and _mean(linear) > _mean(values):
        notes.append(f"a linear model of the connections has {_mean(linear):.3f}")
    if metadata.get("permutation_p") is not None:
        notes.append(f"p of the pair AUC under permuted labels is {metadata['permutation_p']:.4f}")
    return notes


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not isnan(value)]
    return mean(known) if known else float("nan")
