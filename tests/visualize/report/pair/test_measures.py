import math
import re
from dataclasses import replace

import pytest

from pyg_siamex.visualize.report.pair.measures import measures_of, warnings_of

NAMES = ("A", "B")
CURVE = {"effect": 0.5, "empty": 0.4, "insertion": 0.9, "deletion": 0.2}


def test_a_sound_explanation_has_no_warning(alike):
    sound = replace(alike, completeness_error=1e-6)
    trust = {
        "curves": {"query": CURVE},
        "stability": {"magnitude": 0.8, "references": 5, "spread": 0.3},
        "retraining": {"magnitude": 0.7, "models": 3},
        "randomisation": {"magnitude": 0.1, "unchanged": False},
    }
    assert warnings_of(sound, trust, NAMES) == []
    found = {measure.name: measure.value for measure in measures_of(sound, trust, NAMES)}
    assert found["insertion \u2212 deletion, A"] == "0.7"
    assert found["completeness error"] == "under 0.01 %"
    assert found["stability over references"] == "0.8"
    assert found["stability over retraining"] == "0.7"
    assert found["randomisation check"] == "0.1"


@pytest.mark.parametrize(
    ("change", "trust", "words"),
    [
        ({"completeness_error": 0.3}, {}, "Low completeness: .* by 30 %"),
        ({"completeness_error": math.nan}, {}, "Low completeness: .* not defined"),
        (
            {},
            {"stability": {"magnitude": 0.2, "references": 4, "spread": 0.1}},
            "Unstable over references: .* importances of A change .*0.2 over 4",
        ),
        (
            {},
            {"retraining": {"magnitude": 0.3, "models": 5}},
            "Unstable over retraining: .*0.3 over 5 models",
        ),
        (
            {},
            {"randomisation": {"magnitude": 0.97, "unchanged": True}},
            "Failed randomisation check",
        ),
        ({}, {"curves": {"reference": {**CURVE, "deletion": 0.95}}}, "Low fidelity: .* in B"),
        ({}, {"curves": {"query": {**CURVE, "effect": math.nan}}}, "Little to explain: .* A is"),
        ({"info": {"converged": False}}, {}, "stopped before it converged"),
    ],
)
def test_what_is_wrong_is_said(alike, change, trust, words):
    explanation = replace(alike, **{"completeness_error": None, "info": {}, **change})
    [warning] = warnings_of(explanation, trust, NAMES)
    assert re.search(words, warning)


def test_references_that_are_all_alike_make_stability_easy(alike):
    trust = {"stability": {"magnitude": 0.9, "references": 3, "spread": 0.99}}
    meaning = {m.name: m.meaning for m in measures_of(alike, trust, NAMES)}
    assert "so that this is easy" in meaning["stability over references"]


def test_what_solvers_report_is_shown(alike):
    solved = replace(alike, info={"converged": True, "conformity": 1.0})
    found = {m.name: m.value for m in measures_of(solved, {}, NAMES)}
    assert (found["converged"], found["conformity"]) == ("yes", "1")


def test_it_is_said_how_much_parts_carry(alike):
    wrong = replace(alike, terms={"explained": 0.9, "nodes": 0.2}, completeness_error=None, info={})
    found = {measure.name: measure.value for measure in measures_of(wrong, {}, NAMES)}
    assert found["carried by pairs"] == "0.20 of 0.90"
    [warning] = warnings_of(wrong, {}, NAMES)
    assert warning.startswith("The parts carry 0.20 of 0.90.")
