"""Tables of how good a model is beside others, and of whether its probabilities are true."""

from collections.abc import Mapping
from math import isnan
from statistics import stdev
from typing import Any

from pyg_siamex.metric.reliability import Reliability
from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation, mean_of
from pyg_siamex.recipe.listing import Listing


def quality_tables(found: CrossValidation) -> list[Listing]:
    """What a cross-validation says, as tables.

    Args:
        found: The cross-validation.

    Example:
        >>> quality_tables(CrossValidation({"model": {"pair AUC": [0.8, 0.9]}}, [1, 1]))[0].rows
        [('model', '0.850 ± 0.071')]
    """
    pairs = found.pairs
    tables = [_beside_others(found)]
    if pairs is not None and pairs.both_kinds:
        tables.append(reliability_table(pairs.reliability()))
    return tables


def reliability_table(found: Reliability) -> Listing:
    """Claimed and found shares of alike pairs.

    Args:
        found: The comparison.
    """
    rows: list[tuple[str, ...]] = [
        (f"{one.low:g} to {one.high:g}", str(one.pairs), f"{one.claimed:.3f}", f"{one.found:.3f}")
        for one in found.bins
    ]
    terms = {
        "calibration error": f"{found.error:.3f}",
        "Brier score": f"{found.brier:.3f} ({found.brier_of_share:.3f} without a model)",
    }
    title = "probability alike, pairs of held-out subjects"
    columns = ("probability", "pairs", "claimed alike", "are alike")
    return Listing(title, columns, rows, terms)


def quality_notes(metadata: Mapping[str, Any]) -> list[str]:
    """How far a model can be trusted, in sentences.

    Args:
        metadata: What a model's file says of it.

    Example:
        >>> quality_notes({"training_pair_auc": 1.0})[0]
        "the model's training pair AUC is 1.000"
    """
    judged = metadata.get("cross_validation")
    if judged is None:
        value = metadata["training_pair_auc"]
        return [
            f"the model's training pair AUC is {value:.3f}",
            "no subject was held out: probabilities are of pairs that the model has learned from",
        ]
    values = judged["pair_auc"]
    known = [value for value in values if not isnan(value)]
    spread = f" \u00b1 {stdev(known):.3f}" if len(known) > 1 else ""
    notes = [
        f"the model's pair AUC on held-out subjects is {mean_of(values):.3f}{spread} over "
        f"{len(known)} folds"
    ]
    linear = judged.get("baselines", {}).get("linear model", {}).get("pair AUC")
    if linear and mean_of(linear) > mean_of(values):
        notes.append(f"a linear model of the connections has {mean_of(linear):.3f}")
    if metadata.get("permutation_p") is not None:
        notes.append(f"p of the pair AUC under permuted labels is {metadata['permutation_p']:.4f}")
    return notes


def _beside_others(found: CrossValidation) -> Listing:
    folds = len(found.pair_auc)
    names = list(found.scores["model"])
    rows: list[tuple[str, ...]] = [
        (who, *(_text(found.words(who), name) for name in names)) for who in found.scores
    ]
    return Listing(f"the same {folds} folds of held-out subjects", ("", *names), rows)


def _text(words: Mapping[str, Any], name: str) -> str:
    return str(words.get(name, ""))
