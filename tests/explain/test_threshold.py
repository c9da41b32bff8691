"""Thresholds of signed masks."""

import pytest
import torch
from graphs import random_graph
from torch_geometric.explain import Explanation
from torch_geometric.explain.config import ThresholdConfig

from pyg_siamex.explain.threshold import threshold_masks, threshold_of


@pytest.fixture
def explanation():
    graph = random_graph(4, 0)
    mask = torch.linspace(-1.0, 0.9, graph.num_edges)
    return Explanation(x=graph.x, edge_index=graph.edge_index, edge_mask=mask)


def test_the_largest_magnitudes_stay_with_their_signs(explanation):
    mask = explanation.edge_mask.clone()
    found = threshold_masks(explanation, "topk", 3).edge_mask
    kept = mask.abs() >= mask.abs().sort(descending=True).values[2]
    assert torch.equal(found, torch.where(kept, mask, 0.0))
    assert found.min() == -1
    assert torch.equal(explanation.edge_mask, mask)  # not modified


def test_hard_masks_keep_the_sign(explanation):
    found = threshold_masks(explanation, "topk_hard", 2).edge_mask
    assert sorted(found[found != 0].tolist()) == [-1, 1]


def test_positive_masks_are_thresholded_as_pyg_does(explanation):
    explanation.edge_mask = explanation.edge_mask.abs()
    expected = explanation.threshold("hard", 0.5)
    assert torch.equal(threshold_masks(explanation, "hard", 0.5).edge_mask, expected.edge_mask)


def test_no_threshold_returns_the_explanation(explanation):
    assert threshold_masks(explanation, None) is explanation


@pytest.mark.parametrize(
    "given",
    [("topk", 3), ({"threshold_type": "topk", "value": 3},), (("topk", 3),), (["topk", 3],)],
    ids=["two", "dict", "tuple", "list"],
)
def test_thresholds_are_given_in_any_of_pygs_ways(given):
    found = threshold_of(*given)
    assert found == ThresholdConfig("topk", 3) == threshold_of(found)
    assert threshold_of(threshold_type="topk", value=3) == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("most", 3), r"a threshold is one of 'hard', .* \(got 'most'\)"),
        ((3,), r"a threshold is one of .* \(got 3\)"),
        ((("topk", 3, 4),), r"a threshold is one of .* \(got tuple\)"),
        (("topk", 2.5), "the value of a threshold 'topk' must be a whole number"),
        (("topk", True), r"must be a whole number \(got True\)"),
        (("topk", 0), "must be at least 1"),
        (("hard", "x"), "the value of a threshold 'hard' must be a number"),
        (("hard", float("nan")), r"must be in \[0, 1\] \(got nan\)"),
        (("hard",), r"must be a number \(got NoneType\)"),
    ],
)
def test_other_thresholds_are_refused_by_name(given, message):
    with pytest.raises((TypeError, ValueError), match=message):
        threshold_of(*given)
