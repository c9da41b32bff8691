"""Explanations compared exactly and up to rounding."""

import pytest
import torch
from torch_geometric.explain import Explanation

from pyg_siamex.explain.check.comparison import assert_close, assert_same, swapped, values_of
from pyg_siamex.explain.check.outcome import CheckError
from pyg_siamex.explain.explanation import PairExplanation


def explanation():
    edges = torch.tensor([[0, 1], [1, 0]])
    query = Explanation(x=torch.ones(2, 1), edge_index=edges, edge_mask=torch.tensor([0.5, 1.0]))
    reference = Explanation(x=torch.ones(2, 1), edge_index=edges, node_mask=torch.ones(2, 1))
    relevance, terms = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), {"nodes": 1.0, "biases": 2.0}
    return PairExplanation(query, reference, prediction=0.5, relevance=relevance, terms=terms)


def test_values_are_named_by_side_and_mask():
    found = values_of(explanation())
    assert set(found) == {
        "query.edge_mask",
        "reference.node_mask",
        "relevance",
        "terms biases, nodes",
    }
    assert found["terms biases, nodes"].tolist() == [2.0, 1.0]


def test_the_swapped_pair_swapped_again_is_the_pair_without_terms():
    found = values_of(explanation())
    once = swapped(found)
    assert torch.equal(once["reference.edge_mask"], found["query.edge_mask"])
    assert torch.equal(once["relevance"], found["relevance"].T)
    again = swapped(once)
    assert set(again) == {name for name in found if not name.startswith("terms")}
    assert all(torch.equal(value, found[name]) for name, value in again.items())


def test_equal_means_bit_for_bit():
    one = {"query.edge_mask": torch.tensor([0.1, 0.2])}
    assert_same(one, {name: value.clone() for name, value in one.items()}, "the batch")
    other = {"query.edge_mask": torch.tensor([0.1, 0.2 + 1e-7])}
    with pytest.raises(CheckError, match=r"query.edge_mask of the batch differs by 1.0e-07"):
        assert_same(one, other, "the batch")


@pytest.mark.parametrize(
    ("difference", "dtype", "close"),
    [
        (1e-4, torch.float32, True),
        (1e-3, torch.float32, False),
        (1e-8, torch.float64, True),
        (1e-6, torch.float64, False),
    ],
)
def test_close_is_relative_to_the_largest_value_on_either_side(difference, dtype, close):
    large = torch.tensor([2.0], dtype=dtype)  # of the other side's mask
    one = {"query.edge_mask": torch.zeros(1, dtype=dtype), "reference.edge_mask": large}
    other = {"query.edge_mask": torch.full((1,), difference, dtype=dtype), **{}}
    other["reference.edge_mask"] = large
    if close:
        assert_close(one, other, "the batch", dtype)
    else:
        with pytest.raises(CheckError, match="may differ by"):
            assert_close(one, other, "the batch", dtype)


def test_nan_is_never_close_and_shapes_must_agree():
    one = {"relevance": torch.ones(2, 2)}
    with pytest.raises(CheckError, match="differs by nan"):
        assert_close(one, {"relevance": torch.full((2, 2), torch.nan)}, "it", torch.float32)
    with pytest.raises(CheckError, match=r"it has \{'relevance': \[2, 3\]\}, expected"):
        assert_close(one, {"relevance": torch.ones(2, 3)}, "it", torch.float32)
    with pytest.raises(CheckError, match=r"it has \{\}, expected"):
        assert_same(one, {}, "it")
