"""Measures by column."""

import pytest
from small_models import molecule_model

from pyg_siamex.metric import gini
from pyg_siamex.metric.table_measures import MEASURES
from pyg_siamex.recipe import explain
from pyg_siamex.recipe.choices import PAIR_MEASURES
from pyg_siamex.recipe.pair_table.measured_pairs import measure_columns, measured_pairs


def explained(*pair):
    return explain(molecule_model(), *pair, method="occlusion").explanation


def test_values_are_those_of_the_measures():
    found = [explained("CCO", "CCN"), explained("CC(C)O", "CCN")]
    rows = measured_pairs(found[0].model, found, PAIR_MEASURES)
    for row, one in zip(rows, found, strict=True):
        values = [v for g, v in one.to_frame()[["graph", "importance"]].values if g == "query"]
        import torch

        assert row["Gini index"] == pytest.approx(gini(torch.tensor(values)), abs=1e-5)
        assert set(row) <= set(measure_columns(PAIR_MEASURES))


def test_a_pair_that_cannot_be_measured_leaves_the_others():
    found = [explained("C", "CCN"), explained("CC(C)O", "CCN")]  # methane has no bond
    nothing, row = measured_pairs(found[0].model, found, ["simplicity", "fidelity"])
    assert "Gini index" in row and "Gini index" not in nothing


def test_a_measure_that_fails_on_one_pair_is_taken_of_the_others(monkeypatch):
    pairs = [("CCC", "CCN"), ("CO", "CCN"), ("CC(C)O", "CCN")]
    found = [explained(*pair) for pair in pairs]
    expected = [measured_pairs(found[0].model, [one], ["simplicity"])[0] for one in found]
    whole = MEASURES["simplicity"]

    def fails(given):
        if any(one.query.num_nodes == 2 for one in given.explanations):
            raise ValueError("two atoms are too few")
        return whole(given)

    monkeypatch.setitem(MEASURES, "simplicity", fails)
    rows = measured_pairs(found[0].model, found, ["simplicity"])
    assert rows[0] == pytest.approx(expected[0]) and rows[2] == pytest.approx(expected[2])
    assert rows[1] == {} and expected[1]


def test_none_asked_none_measured():
    assert measured_pairs(molecule_model().model, [], ["fidelity"]) == []
    assert measured_pairs(molecule_model().model, [explained("CC", "CO")], []) == [{}]
