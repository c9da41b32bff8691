"""Trust in an explanation: measured before, or measured now with the model."""

from typing import Any

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.trust import pair_curves
from pyg_siamex.nn.siamese import SiameseGNN

_NO_MODEL = (
    "There is no fidelity here, as the model was not at hand when this page was written: the "
    "slider filters the drawing alone."
)


def trust_of(
    explanation: PairExplanation, model: SiameseGNN | None
) -> tuple[dict[str, Any], str | None]:
    """Look up or measure trust in an explanation, and say why there are no curves.

    Args:
        explanation: The pair.
        model: The model that was explained; by default the explanation's own.

    Raises:
        ValueError: If ``model`` is not the one that was explained, or cannot read the graphs.
    """
    trust = dict(explanation.info.get("trust") or {})
    if model is None and trust.get("curves"):
        return trust, None
    trust["curves"] = {}
    if model is None and explanation.model is None:
        return trust, _NO_MODEL
    try:
        trust["curves"] = pair_curves(explanation, model)
    except ValueError as error:
        if model is not None:
            raise
        return trust, f"There is no fidelity here: {error}."
    why_not = None if trust["curves"] else "There is no fidelity here: there are no masks to rank."
    return trust, why_not
