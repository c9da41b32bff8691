import math
import re
from dataclasses import replace

import torch
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.visualize.report.pair.answer import (
    answer_of,
    element_name,
    listed,
    question_of,
    similarity,
    verdict_of,
)
from pyg_siamex.visualize.report.pair.group_table import GroupTable
from pyg_siamex.visualize.report.pair.ranked_elements import ranked_elements
from pyg_siamex.visualize.report.pair.subject import subject_of

NAMES = ("aspirin", "salicylic acid")


def parts(explanation):
    subject = subject_of(explanation)
    return subject, (
        ranked_elements(explanation, subject, 0),
        ranked_elements(explanation, subject, 1),
    )


def table(values):
    return GroupTable(["acid", "ring"], ["acid", "chain"], torch.tensor(values), ([], []))


def test_relevance_names_the_strongest_pair_of_groups(alike):
    subject, elements = parts(alike)
    answer = answer_of(alike, subject, NAMES, elements, table([[0.5, 0.1], [0.2, -0.3]]), {})
    assert answer.question == "What makes aspirin and salicylic acid alike?"
    assert answer.text.startswith(
        "Above all \u201cacid\u201d of aspirin with \u201cacid\u201d of salicylic acid: +0.5, "
        "which is 62% of everything that pulls them together."
    )


def test_negative_relevance_tells_what_pushes_apart(alike):
    subject, elements = parts(alike)
    unlike = replace(alike, prediction=-0.7, model=None)
    answer = answer_of(unlike, subject, NAMES, elements, table([[0.1, -0.6], [0.0, -0.2]]), {})
    assert answer.question == "What is the similarity of aspirin and salicylic acid made of?"
    assert (
        "\u201cchain\u201d of salicylic acid: \u22120.6, which is 75% of everything" in answer.text
    )


def curve(effect, removed):
    return {
        "shares": [0.0, 0.2, 1.0], "selected": [0, 3, 13], "count": 13, "whole": 0.9,
        "effect": effect, "removed": removed, "kept": [0.1, 0.7, 0.9],
    }  # fmt: skip


def test_masks_tell_what_is_lost_without_the_strongest(bonds):
    subject, elements = parts(bonds)
    found = {"query": curve(0.8, [0.9, 0.25, 0.1])}
    answer = answer_of(bonds, subject, NAMES, elements, None, found)
    assert answer.question.endswith("alike?")
    assert f"Above all {listed(subject, elements[0], 0)} of aspirin." in answer.text
    assert "Without its 3 most important bonds of 13, the similarity of" in answer.text
    assert "falls to 0.250; by these alone it is 0.700." in answer.text
    found = {"query": curve(-0.4, [0.9, 0.95, 1.3])}
    answer = answer_of(bonds, subject, NAMES, elements, None, found)
    assert "rises to 0.950" in answer.text


def test_without_curves_the_strongest_are_named(bonds):
    subject, elements = parts(bonds)
    for curves in ({}, {"query": curve(math.nan, [0.9, 0.9, 0.9])}):
        text = answer_of(bonds, subject, NAMES, elements, None, curves).text
        assert text.startswith("The similarity is ") and "Occlusion holds most important" in text
        for side in range(2):
            strongest = elements[side].ends[elements[side].order[0]]
            assert element_name(subject, side, strongest) in text


def test_similarities_are_written_the_same_everywhere():
    assert [similarity(v) for v in (0.98071, -0.2, 153.219)] == ["0.981", "\u22120.200", "153"]


def test_parts_that_do_not_account_for_the_similarity_answer_nothing(alike):
    subject, elements = parts(alike)
    wrong = replace(alike, terms={"explained": 0.9, "nodes": 0.2})
    answer = answer_of(wrong, subject, NAMES, elements, table([[0.5, 0.1], [0.2, -0.3]]), {})
    assert answer.question == "The atoms do not account for this similarity"
    assert "They carry 0.20 of 0.90" in answer.text and "Above all" not in answer.text


def test_the_answer_says_how_much_the_parts_carry(alike):
    subject, elements = parts(alike)
    answer = answer_of(alike, subject, NAMES, elements, table([[0.5, 0.1], [0.2, -0.3]]), {})
    assert re.search(r"the atoms carry (\S+) of \1\.$", answer.text)


def calibrated(slope, shift, prior=0.0):
    model = SiameseGNN(GIN(2, 4, 1))
    model.calibration.set(slope, shift, prior)
    return model


def test_a_low_similarity_is_never_called_alike(alike):
    low = replace(alike, prediction=-0.816, model=None)
    assert verdict_of(low) is None and "made of" in question_of(low, NAMES)
    assert verdict_of(replace(alike, prediction=0.4, model=None)) == "alike"


def test_a_calibrated_model_says_what_is_alike(alike):
    for prediction, model, verdict in (
        (-0.816, calibrated(1.0, 0.5), "unlike"),
        (-2.0, calibrated(0.0, 4.0), "alike"),  # a negative distance
        (0.3, calibrated(1.0, -1.5), "unlike"),
        (0.3, calibrated(1.0, -1.5, -1.0), "alike"),  # more alike than pairs usually are
    ):
        found = replace(alike, prediction=prediction, model=model)
        assert verdict_of(found) == verdict
        assert question_of(found, NAMES).endswith(f"{verdict}?")


def test_what_pulls_the_other_way_alone_is_still_named(alike):
    subject, elements = parts(alike)
    answer = answer_of(alike, subject, NAMES, elements, table([[-0.1, -0.6], [0.0, -0.2]]), {})
    assert "67% of everything that pushes them apart" in answer.text
