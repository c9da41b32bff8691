"""Measures of an explanation in plain language, and warnings where trust is not deserved."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import amount
from pyg_siamex.visualize.report.pair.answer import similarity

_INCOMPLETE = 0.05
"""Relative error above which completeness is called low."""

_UNSTABLE = 0.5
"""Mean correlation over references below which an explanation is called unstable."""

_ALIKE_REFERENCES = 0.95
"""Mean cosine of the references above which stability means little."""


class _Line(NamedTuple):
    """A line of the table: what is measured, its value, and what it means."""

    name: str
    value: str
    meaning: str


def measures_of(
    explanation: PairExplanation, trust: Mapping[str, Any], names: tuple[str, str]
) -> list[_Line]:
    """List every known measure of an explanation.

    Args:
        explanation: The pair.
        trust: What :func:`~pyg_siamex.metric.trust` found, as far as known.
        names: Names of query and reference.
    """
    out = [
        _Line(
            "similarity",
            similarity(explanation.prediction),
            "What the model says of the pair as it is; this is what is explained.",
        )
    ]
    known = explanation.carried
    if known is not None:
        meaning = "What the relevance of all pairs sums to, of the similarity."
        if known.of_both:
            meaning = "What the relevance of all pairs sums to, of what depends on both graphs."
        out.append(_Line("carried by pairs", amount(known), meaning))
    error = explanation.completeness_error
    if error is not None:
        out.append(
            _Line(
                "completeness error",
                _percent(error),
                "How far the parts' sum is from what it should be. 0 % is complete; a complete "
                "explanation can still be a poor one.",
            )
        )
    for side, name in zip(("query", "reference"), names, strict=True):
        if side in trust.get("curves", {}):
            out += _curve_measures(trust["curves"][side], name)
    return [
        *out,
        *_stability(trust),
        *_retraining(trust),
        *_randomisation(trust),
        *_solver(explanation),
    ]


def warnings_of(
    explanation: PairExplanation, trust: Mapping[str, Any], names: tuple[str, str]
) -> list[str]:
    """List reasons not to trust the explanation, each a plain sentence."""
    out = []
    error = explanation.completeness_error
    if error is not None and not error <= _INCOMPLETE:
        out.append(
            f"Low completeness: the parts miss what they should add up to by {_percent(error)}."
        )
    known = explanation.carried
    if known is not None and not known.agrees:
        out.append(
            f"The parts carry {amount(known)}. What a model's biases do is on no part unless the "
            'model, or the explainer, has biases="nodes".'
        )
    stability = trust.get("stability")
    if stability and not stability["magnitude"] >= _UNSTABLE:
        out.append(
            f"Unstable over references: with another reference the importances of {names[0]} "
            f"change (mean correlation {number(stability['magnitude'])} over "
            f"{stability['references']} references)."
        )
    retraining = trust.get("retraining")
    if retraining and not retraining["magnitude"] >= _UNSTABLE:
        out.append(
            f"Unstable over retraining: models that differ only in their training seed use other "
            f"parts (mean correlation {number(retraining['magnitude'])} over "
            f"{retraining['models']} models), so that one of them says little about the data."
        )
    randomisation = trust.get("randomisation")
    if randomisation and randomisation["unchanged"]:
        out.append(
            "Failed randomisation check: a model that has learned nothing gets the same "
            f"explanation (correlation {number(randomisation['magnitude'])}), so that it tells of "
            "the graphs and not of the model."
        )
    out += _curve_warnings(trust.get("curves", {}), names)
    if explanation.info.get("converged") is False:
        out.append("The solver stopped before it converged: more steps may change the masks.")
    return out


def _curve_warnings(
    curves: Mapping[str, Mapping[str, Any]], names: tuple[str, str]
) -> Sequence[str]:
    out = []
    for side, name in zip(("query", "reference"), names, strict=True):
        curve = curves.get(side)
        if curve is None:
            continue
        if math.isnan(curve["effect"]):
            out.append(
                f"Little to explain: without all of its elements {name} is still "
                f"{number(curve['empty'])} similar, so that fidelities are not defined."
            )
        elif curve["insertion"] <= curve["deletion"]:
            out.append(
                f"Low fidelity: what is marked in {name} does not matter more to the model than "
                f"what is not (insertion {number(curve['insertion'])}, deletion "
                f"{number(curve['deletion'])})."
            )
    return out


def _curve_measures(curve: Mapping[str, Any], name: str) -> list[_Line]:
    if math.isnan(curve["effect"]):
        return []
    difference = curve["insertion"] - curve["deletion"]
    return [
        _Line(
            f"insertion \u2212 deletion, {name}",
            number(difference),
            f"How well the importances in {name} match what the model uses: higher is better, 0 is "
            f"as good as chance (insertion {number(curve['insertion'])}, deletion "
            f"{number(curve['deletion'])}).",
        )
    ]


def _stability(trust: Mapping[str, Any]) -> list[_Line]:
    found = trust.get("stability")
    if not found:
        return []
    spread = found["spread"]
    trivial = spread is not None and spread > _ALIKE_REFERENCES
    remark = " The references are all alike to the model, so that this is easy." if trivial else ""
    return [
        _Line(
            "stability over references",
            number(found["magnitude"]),
            f"Mean correlation of the query's importances over {found['references']} references: "
            f"1 is the same answer each time.{remark}",
        )
    ]


def _retraining(trust: Mapping[str, Any]) -> list[_Line]:
    found = trust.get("retraining")
    if not found:
        return []
    return [
        _Line(
            "stability over retraining",
            number(found["magnitude"]),
            f"Mean correlation of the importances over {found['models']} models that differ in "
            "their training seed: 1 is the same answer each time.",
        )
    ]


def _randomisation(trust: Mapping[str, Any]) -> list[_Line]:
    found = trust.get("randomisation")
    if not found:
        return []
    return [
        _Line(
            "randomisation check",
            number(found["magnitude"]),
            "Correlation with the explanation of the same model with random weights: near 0 is "
            f"good, {number(_UNSTABLE)} or more fails.",
        )
    ]


def _solver(explanation: PairExplanation) -> list[_Line]:
    found = []
    if "converged" in explanation.info:
        words = "yes" if explanation.info["converged"] else "no"
        found.append(_Line("converged", words, "Whether the solver reached a stationary point."))
    if "conformity" in explanation.info:
        held = explanation.info["conformity"]
        words = "no relations" if held is None else number(held)
        meaning = "Share of the learned order relations that the masks respect; 1 is all."
        found.append(_Line("conformity", words, meaning))
    return found


def _percent(share: float) -> str:
    if not math.isfinite(share):
        return "not defined"
    return f"{100 * share:.3g} %" if share >= 1e-4 or share == 0 else "under 0.01 %"
