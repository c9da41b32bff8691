"""Importances of features on both sides, against the masks themselves."""

import numpy as np
import pytest
import torch
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.visualize.table.feature_table import feature_table

NAMES = ["age", "dose", "weight"]


def side(mask=None, nodes=1, **rest):
    graph = Explanation(
        x=torch.arange(3.0).repeat(nodes, 1), edge_index=torch.empty(2, 0, dtype=torch.long), **rest
    )
    if mask is not None:
        graph.node_mask = torch.tensor(mask)
    return graph


def both(query, reference):
    return PairExplanation(query, reference, 0.5)


def test_importances_are_sums_over_nodes_and_values_are_of_single_nodes():
    query = side([[1.0, -2.0, 0.5], [0.0, -1.0, 0.25]], nodes=2)
    reference = side([[0.5, 1.0, -3.0]])
    table = feature_table(both(query, reference), NAMES)
    np.testing.assert_allclose(table.sides[0].importance, [1.0, -3.0, 0.75])
    assert table.sides[0].inputs is None
    np.testing.assert_allclose(table.sides[1].inputs, [0, 1, 2])
    np.testing.assert_allclose(table.strength(), [1.0, 3.0, 3.0])
    assert table.values() == pytest.approx([1.0, -3.0, 0.75, 0.5, 1.0, -3.0])
    assert table.strongest(2) == [1, 2]
    assert table.describe([1]) == f"1 of 3 features, {3 / 7:.0%} of all importance"
    assert table.describe([0, 1, 2]) == "all 3 features"


def test_values_before_scaling_are_shown_where_they_are_of_the_same_columns():
    raw = {"raw": torch.tensor([[7.0, 8.0, 9.0]]), "raw_names": NAMES}
    one = side([[1.0, 1.0, 1.0]], feature_names=NAMES, **raw)
    other = side(None, feature_names=NAMES, raw=raw["raw"], raw_names=["x", "y", "z"])
    table = feature_table(both(one, other))
    np.testing.assert_allclose(table.sides[0].inputs, [7, 8, 9])
    assert [s.inputs_name for s in table.sides] == ["value", "input"]
    assert table.columns == NAMES and table.sides[1].importance is None


@pytest.mark.parametrize(
    ("query", "reference", "columns", "message"),
    [
        (side(), side(), None, "neither graph has a mask of features"),
        (side([[1.0, 1.0, 1.0]]), side(), ["a"], "1 column names for 3 features"),
        (
            side([[1.0, 1.0, 1.0]], feature_names=NAMES),
            side(feature_names=NAMES[::-1]),
            None,
            "differ in the names",
        ),
    ],
)
def test_what_is_no_table_is_refused(query, reference, columns, message):
    with pytest.raises(ValueError, match=message):
        feature_table(both(query, reference), columns)


@pytest.mark.parametrize(
    ("columns", "told"),
    [(["weight", "dose", "age"], "in another order"), (["a", "b", "a"], "`columns` has 'a' twice")],
    ids=["order", "twice"],
)
def test_names_of_columns_are_in_the_order_of_the_features(columns, told):
    mask = [[1.0, 2.0, 3.0]]
    pair = both(side(mask, feature_names=NAMES), side(mask, feature_names=NAMES))
    assert feature_table(pair, ["x", "y", "z"]).columns == ["x", "y", "z"]
    with pytest.raises(ValueError, match=told):
        feature_table(pair, columns)
