"""Tables of how good a model is beside others, and of whether its probabilities are true."""

from collections.abc import Mapping
from typing import Any

from pyg_siamex.metric.reliability import Reliability
from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation
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


def _beside_others(found: CrossValidation) -> Listing:
    folds = len(found.pair_auc)
    names = list(found.scores["model"])
    rows: list[tuple[str, ...]] = [
        (who, *(_text(found.words(who), name) for name in names)) for who in found.scores
    ]
    return Listing(f"the same {folds} folds of held-out subjects", ("", *names), rows)


def _text(words: Mapping[str, Any], name: str) -> str:
    return str(words.get(name, ""))
