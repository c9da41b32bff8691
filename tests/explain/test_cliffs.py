"""Shares of importance, the landscape index, and the table of cliffs."""

from math import isnan, nan

import pandas as pd
import pytest
import torch
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.explain.cliffs import Cliff, Cliffs, landscape_index, mark_changed, share_on


def explanation(query, reference, relevance=None):
    def side(mask):
        edges = torch.tensor([[0, 1], [1, 0]])
        graph = Explanation(x=torch.ones(len(mask), 1), edge_index=edges)
        if relevance is None:
            graph.node_mask = torch.tensor(mask)[:, None]
        return graph

    return PairExplanation(side(query), side(reference), 0.5, relevance=relevance)


def test_share_is_by_magnitude_over_both_sides():
    found = explanation([1.0, -3.0, 0.0], [2.0, -2.0])
    assert share_on(found, ([1], [])) == (pytest.approx(3 / 8), pytest.approx(1 / 5))
    assert share_on(found, ([1], [0, 1])) == (pytest.approx(7 / 8), pytest.approx(3 / 5))
    assert share_on(found, ([0, 1, 2], [0, 1])) == (1.0, 1.0)


def test_without_changed_atoms_or_importance_there_is_no_share():
    assert all(map(isnan, share_on(explanation([1.0, 1.0], [1.0, 1.0]), ([], []))))
    assert all(map(isnan, share_on(explanation([0.0, 0.0], [0.0, 0.0]), ([0], [0]))))


def test_a_pair_matrix_gives_each_atom_its_row():
    matrix = torch.tensor([[1.0, -2.0], [0.0, 4.0]])
    found = explanation([0.0, 0.0], [0.0, 0.0], matrix)
    assert share_on(found, ([0], []))[0] == pytest.approx(1 / (1 + 4 + 1 + 2))


def test_the_landscape_index_is_finite():
    assert landscape_index(-2, 0.5) == pytest.approx(4)
    assert landscape_index(1, 1.0) == pytest.approx(100)


def test_changed_atoms_are_marked():
    found = explanation([1.0, 1.0], [1.0, 1.0])
    mark_changed(found, ([1], []))
    assert (found.query.change, found.reference.change) == (["same", "changed"], ["same"] * 2)


def test_cliffs_are_a_table_and_one_line():
    pair = Cliff(
        *(1, (3, 5), ("a", "b"), (5.0, 7.5), 0.75, 0.3, 0.4, 10.0),
        change="C[*:1]>>F[*:1]", changed=((1,), (2, 3)), share=0.3, chance=0.1,
    )  # fmt: skip
    other = Cliff(2, (1, 2), ("c", "d"), (1.0, 3.0), 1.0, 1.0, 0.9, 8.0)
    found = Cliffs(
        [pair, other], pd.DataFrame(), "pIC50", "structure", 0.6, 1, 9, 7, 2, "Occlusion"
    )
    frame = found.to_frame()
    assert frame["difference"].tolist() == [2.5, 2.0]
    assert frame["pIC50_other"].tolist() == [7.5, 3.0]
    assert frame["changed_atoms"].tolist() == [3, 0]
    assert frame["focus"][0] == pytest.approx(3) and isnan(frame["focus"][1])
    assert (found.seen, found.told_apart) == (1, 1)
    assert repr(found) == "Cliffs(2 in pIC50 of 9 entries, first=('a', 'b'))"
    assert isnan(nan) and pair.difference == 2.5


def test_a_table_without_cliffs_has_its_columns():
    none = Cliffs([], pd.DataFrame(), "pIC50", "model", 0.9, 2.0, 30, 0, 0, "IG")
    assert list(none.to_frame().columns[:5]) == ["rank", "one", "other", "pIC50_one", "pIC50_other"]
    assert not len(none.to_frame())
