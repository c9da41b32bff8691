"""A matrix as a graph, entry by entry."""

import pytest
import torch
from connectomes import matrices

from pyg_siamex.datasets.connectome import (
    Atlas,
    AtLeast,
    ConnectionRule,
    Density,
    NearestNeighbours,
    Nonzero,
    connectome_graph,
)

MATRIX = torch.from_numpy(matrices(1)[0]).float()
ATLAS = Atlas.numbered(6)


@pytest.mark.parametrize("sign", ["relations", "weight", "positive"])
def test_edges_are_the_entries_and_their_signs(sign):
    data = connectome_graph(MATRIX, ATLAS, Nonzero(), sign, "identity")
    expected = {
        (i, j): float(MATRIX[i, j])
        for i in range(6)
        for j in range(6)
        if i != j and (sign != "positive" or MATRIX[i, j] > 0)
    }
    found = dict(
        zip(map(tuple, data.edge_index.T.tolist()), data.edge_weight.tolist(), strict=True)
    )
    if sign == "relations":
        found = {e: -w if t else w for (e, w), t in zip(found.items(), data.edge_type, strict=True)}
        assert (data.edge_weight > 0).all()
    assert found == expected and torch.equal(data.x, torch.eye(6))


def test_rules_see_strengths_and_negative_ones_count_unless_left_out():
    strongest = connectome_graph(MATRIX, ATLAS, Density(0.2), "weight", "identity")
    values = MATRIX[tuple(torch.triu_indices(6, 6, 1))]
    kept = values[values.abs().argsort(descending=True)[:3]]
    assert sorted(strongest.edge_weight.tolist()) == sorted(2 * kept.tolist())
    positive = connectome_graph(MATRIX, ATLAS, Density(0.2), "positive", "identity")
    assert sorted(positive.edge_weight.tolist()) == sorted(2 * values.topk(3).values.tolist())


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit atlas"):
        connectome_graph(MATRIX[:5, :5], ATLAS, Nonzero())
    with pytest.raises(ValueError, match="sign must be one of"):
        connectome_graph(MATRIX, ATLAS, Nonzero(), "both")


@pytest.mark.parametrize(
    "rule", [Nonzero(), Density(0.5), AtLeast(0.1), NearestNeighbours(1)], ids=str
)
@pytest.mark.parametrize("sign", ["relations", "weight", "positive"])
@pytest.mark.parametrize("value", [float("inf"), -float("inf"), float("nan")], ids=str)
def test_connections_that_are_not_finite_are_named(rule, sign, value):
    matrix = torch.eye(4)
    matrix[0, 1] = matrix[1, 0] = value
    with pytest.raises(ValueError, match=r"`matrix` must be finite \(got .* region 0 to region 1"):
        connectome_graph(matrix, Atlas.numbered(4), rule, sign=sign)


def test_an_asymmetric_matrix_is_named():
    matrix = torch.eye(4)
    matrix[0, 1] = 0.5
    with pytest.raises(ValueError, match=r"`matrix` must be symmetric \(got 0.5 from region 0 to"):
        connectome_graph(matrix, Atlas.numbered(4), Nonzero())
    matrix[1, 0] = 0.5
    matrix[2, 2] = float("nan")  # the diagonal is not read
    assert connectome_graph(matrix, Atlas.numbered(4), Nonzero()).num_edges == 2


@pytest.mark.parametrize("places", [torch.float64, torch.int64], ids=str)
def test_features_have_the_type_of_the_matrix(places):
    atlas = Atlas("two", ["a", "b"], torch.tensor([[10, 20, 30], [-10, 20, 30]], dtype=places))
    for matrix in (torch.tensor([[0, 1], [1, 0]]), torch.tensor([[0.0, 1], [1, 0]])):
        data = connectome_graph(matrix, atlas, Nonzero(), features=["coordinates", "profile"])
        assert data.x.dtype == data.edge_weight.dtype == torch.float32


class _Rule(ConnectionRule):
    """A rule of one's own."""

    def __init__(self, choose):
        self.choose = choose

    def keep(self, strength):
        return self.choose(strength)


@pytest.mark.parametrize(
    ("choose", "error", "words"),
    [
        (lambda strength: None, TypeError, "must return a bool tensor.*NoneType"),
        (lambda strength: (strength > 0).long(), TypeError, "must return a bool tensor.*int64"),
        (lambda strength: (strength > 0)[:2], ValueError, "got shape"),
        (lambda strength: strength.triu() > 0, ValueError, "region 0 to region 1 in one direction"),
        (lambda strength: strength[9], ValueError, "`connections.keep` failed with IndexError"),
    ],
    ids=["none", "numbers", "shape", "direction", "error"],
)
def test_a_rule_of_ones_own_is_checked(choose, error, words):
    with pytest.raises(error, match=words):
        connectome_graph(MATRIX, ATLAS, _Rule(choose))


def test_no_rule_makes_edges_of_nothing():
    matrix = MATRIX * (MATRIX.abs() > 0.5)
    every = connectome_graph(matrix, ATLAS, _Rule(lambda strength: torch.ones_like(strength) > 0))
    assert every.edge_index.equal(connectome_graph(matrix, ATLAS, Nonzero()).edge_index)
