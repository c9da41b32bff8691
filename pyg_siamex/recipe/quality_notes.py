"""How good a model is, in sentences for pages and terminals."""

from collections.abc import Mapping, Sequence
from math import isnan
from statistics import mean, stdev
from typing import Any


def quality_notes(metadata: Mapping[str, Any]) -> list[str]:
    """How far a model can be trusted, in sentences; none where its file does not say.

    Args:
        metadata: What a model's file says of it.

    Example:
        >>> quality_notes({"training_pair_auc": 1.0})[0]
        "the model's training pair AUC is 1.000"
    """
    judged = metadata.get("cross_validation")
    if metadata.get("test_pair_auc") is not None:
        found = f"the model's test pair AUC is {metadata['test_pair_auc']:.3f}"
        return [found, *_spread(metadata)]
    if judged is None:
        value = metadata.get("training_pair_auc")
        if value is None:
            return []
        return [
            f"the model's training pair AUC is {value:.3f}",
            f"no {_noun(metadata)} was held out: probabilities are of pairs that the model has "
            f"learned from",
            *_spread(metadata),
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
    if judged.get("stability") is not None:
        notes.append(
            f"explanations of the same pair by the models of two folds have a rank correlation of "
            f"{judged['stability']:.2f} on average"
        )
    return [*notes, *_spread(metadata)]


def _spread(metadata: Mapping[str, Any]) -> list[str]:
    if metadata.get("spread") is None:
        return []
    value = round(metadata["spread"], 2) + 0.0  # no -0.00
    return [
        f"embeddings of two {_noun(metadata)}s have a mean cosine of {value:.2f} (near 1 a model "
        f"tells nothing apart)"
    ]


def _noun(metadata: Mapping[str, Any]) -> str:
    known = {"domain": "graph", "features": "molecule", "rows": "row"}
    return next((noun for key, noun in known.items() if key in metadata), "subject")


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not isnan(value)]
    return mean(known) if known else float("nan")
