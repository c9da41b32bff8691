"""Train a model on molecules and ask it about its integrated Jacobians."""

from typing import Any

import pandas as pd
from integrated_jacobians.models import chosen_pairs, shifted_quality, train
from integrated_jacobians.questions import completeness, cumulative, explain, layers, shift

KEYS = {
    "encoder": str,
    "activation": str,
    "exact": bool,
    "seed": int,
    "width": int,
    "layers": int,
    "epochs": int,
    "pairs": int,
    "integrated": int,
    "points": list,
    "reference_points": int,
    "attribution_points": int,
}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Rows of ``question``, ``setting``, ``at``, ``pair``, ``alike``, ``measure`` and ``value``.

    ``exact`` in the configuration means a model trained with a shifted embedding; it has one
    question less, because its layers cannot be cut: it is two passes of one encoder.
    """
    learned = ("encoder", "activation", "exact", "width", "layers", "epochs", "seed")
    model, test, quality = train(**{name: unit[name] for name in learned})
    pairs = chosen_pairs(test, unit["pairs"], unit["seed"])
    steps = unit["attribution_points"]
    plain = explain(model, pairs, steps=steps)
    few = tuple(side[: unit["integrated"]] for side in pairs)
    rows = [*completeness(model, few, unit["points"], unit["reference_points"])]
    rows += cumulative(plain)
    rows += shift(model, pairs, steps, plain)
    if not unit["exact"]:
        rows += layers(model, pairs, steps, [e.relevance for e in plain])
    frame = pd.DataFrame(rows)
    frame["alike"] = [bool(pairs[0][k].y == pairs[1][k].y) for k in frame["pair"]]
    qualities = {"pair_auc": quality, "shifted_pair_auc": shifted_quality(model, test)}
    known = [{"question": "model", "measure": m, "value": v} for m, v in qualities.items()]
    return pd.concat([frame, pd.DataFrame(known)])
