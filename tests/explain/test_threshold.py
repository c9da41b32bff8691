"""Thresholds of signed masks."""

import pytest
import torch
from graphs import random_graph
from hypothesis import given
from hypothesis import strategies as st
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


@pytest.mark.parametrize("kind", ["topk", "topk_hard", "hard"])
@given(data=st.data())
def test_distinct_positive_masks_are_thresholded_as_pyg_does(kind, data):
    size = data.draw(st.integers(1, 12))
    values = torch.tensor(data.draw(st.permutations(range(1, size + 1)))) / (size + 1)
    one = Explanation(edge_index=torch.zeros(2, size).long(), edge_mask=values)
    value = 0.47 if kind == "hard" else data.draw(st.integers(1, size + 2))
    found = threshold_masks(one, kind, value)
    assert torch.equal(found.edge_mask, one.threshold(kind, value).edge_mask)


@pytest.mark.parametrize("kind", ["topk", "topk_hard"])
@given(data=st.data())
def test_ties_up_to_rounding_stay_together_whatever_their_order(kind, data):
    groups = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    group = torch.arange(len(groups)).repeat_interleave(torch.tensor(groups))
    order = torch.tensor(data.draw(st.permutations(range(len(group)))))
    sign = torch.tensor(data.draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=len(group))))
    noise = torch.rand(len(group), generator=torch.Generator().manual_seed(0)) * 2e-7
    values = (sign[: len(group)] * (0.9**group + noise))[order]
    one = Explanation(edge_index=torch.zeros(2, len(group)).long(), edge_mask=values)
    k = data.draw(st.integers(1, len(group)))
    kept = threshold_masks(one, kind, k).edge_mask != 0
    assert int(kept.sum()) >= k
    last = group[k - 1]  # groups are in descending order before they are shuffled
    assert torch.equal(kept, group[order] <= last)


def test_a_value_of_zero_is_not_among_the_strongest(explanation):
    explanation.edge_mask = torch.zeros_like(explanation.edge_mask)
    explanation.edge_mask[1] = 0.5
    found = threshold_masks(explanation, "topk_hard", 3).edge_mask
    assert found.nonzero().flatten().tolist() == [1]


def test_ties_at_a_hard_threshold_fall_on_one_side(explanation):
    explanation.edge_mask = 0.5 + torch.linspace(-1e-7, 1e-7, len(explanation.edge_mask))
    assert not threshold_masks(explanation, "hard", 0.5).edge_mask.any()


def test_masks_without_elements(explanation):
    explanation.edge_index, explanation.edge_mask = torch.zeros(2, 0).long(), torch.zeros(0)
    assert not threshold_masks(explanation, "topk", 2).edge_mask.numel()


@pytest.mark.parametrize(
    "way",
    [("topk", 3), ({"threshold_type": "topk", "value": 3},), (("topk", 3),), (["topk", 3],)],
    ids=["two", "dict", "tuple", "list"],
)
def test_thresholds_are_given_in_any_of_pygs_ways(way):
    found = threshold_of(*way)
    assert found == ThresholdConfig("topk", 3) == threshold_of(found)
    assert threshold_of(threshold_type="topk", value=3) == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("topk", 1, 2), r"has a threshold_type and a value, such as .* \(got 'topk', 1, 2\)"),
        (({"type": "topk", "value": 2},), r"threshold_type and a value.* \(got type='topk', value"),
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
