"""Measures by column."""

import pytest
from small_models import molecule_model

from pyg_siamex.metric import gini
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


def test_none_asked_none_measured():
    assert measured_pairs(molecule_model().model, [], ["fidelity"]) == []
    assert measured_pairs(molecule_model().model, [explained("CC", "CO")], []) == [{}]
