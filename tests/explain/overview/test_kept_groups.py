"""What masks keep of groups, against plain loops over pairs and nodes."""

from itertools import combinations
from statistics import mean

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SelfLearned
from pyg_siamex.explain import kept_groups, node_importance

GROUPS = [[f"g{(node + graph) % 3}" for node in range(5 + graph % 3)] for graph in range(6)]
LABELS = ["b", "a", "b", "a", "a", "b"]
PAIRS = list(combinations(range(6), 2))


@pytest.fixture(scope="module")
def graphs():
    return [random_graph(k, len(GROUPS[k])) for k in range(6)]


@pytest.fixture(scope="module")
def explained(graphs):
    explainer = PairExplainer(siamese(GIN(5, 8, 2)), SelfLearned(), node_mask_type="object")
    return explainer.explain(*([graphs[pair[side]] for pair in PAIRS] for side in (0, 1)))


def expected(explained, group):
    """Means by loops: within, between, others and excess."""
    own, others, excess = {True: [], False: []}, [], []
    for explanation, both in zip(explained, PAIRS, strict=True):
        alike = LABELS[both[0]] == LABELS[both[1]]
        for graph, side in zip(both, (explanation.query, explanation.reference), strict=True):
            values = node_importance(side).tolist()
            inside = [v for v, g in zip(values, GROUPS[graph], strict=True) if g == group]
            outside = [v for v, g in zip(values, GROUPS[graph], strict=True) if g != group]
            if inside:
                own[alike].append(mean(inside))
                others.append(mean(outside))
            excess.append(mean(inside) - mean(outside) if inside else 0.0)
    return mean(own[True]), mean(own[False]), mean(others), mean(excess)


def test_means_are_over_the_graphs_that_have_the_group(explained):
    found = kept_groups(explained, PAIRS, GROUPS, LABELS)
    assert set(found["group"]) == {"g0", "g1", "g2"}
    assert found["excess"].is_monotonic_decreasing
    for row in found.to_dict("records"):
        given = row["within"], row["between"], row["others"], row["excess"]
        assert given == pytest.approx(expected(explained, row["group"]), abs=1e-6)
        assert row["graphs"] == sum(row["group"] in own for own in GROUPS)


@given(st.permutations(range(len(PAIRS))))
@settings(max_examples=10)
def test_the_order_of_pairs_and_their_sides_do_not_matter(explained, order):
    found = kept_groups(explained, PAIRS, GROUPS, LABELS)
    index = [PAIRS[k] for k in order]
    again = kept_groups([explained[k] for k in order], torch.tensor(index), GROUPS, LABELS)
    columns = ["within", "between", "graphs", "others", "excess"]
    assert found["group"].tolist() == again["group"].tolist()
    assert found[columns].to_numpy() == pytest.approx(again[columns].to_numpy())


def test_a_rare_group_comes_after_a_frequent_one(graphs, explained):
    groups = [["all"] * len(own) for own in GROUPS]
    for own in groups:
        own[0] = "first"
    groups[5][0] = "rare"
    found = kept_groups(explained, PAIRS, groups).set_index("group")
    assert found.loc["rare", "graphs"] == 1 and found.loc["first", "graphs"] == 5
    assert found["between"].isna().all()  # one class
    mask = [p.reference.node_mask for p, (_, b) in zip(explained, PAIRS, strict=True) if b == 5]
    rest = mean(float(one[1:].mean()) for one in mask)
    rare = mean(float(one[0]) for one in mask)
    assert found.loc["rare", "excess"] == pytest.approx(5 * (rare - rest) / (2 * len(PAIRS)))


def test_features_have_groups_of_their_own(graphs):
    explainer = PairExplainer(siamese(GIN(5, 8, 2)), Occlusion(), node_mask_type="attributes")
    explanation = explainer(graphs[1], graphs[2])
    groups = [["a", "a", "b", "b", "b"]] * 6
    with pytest.raises(ValueError, match="graph 9 has"):
        kept_groups([explanation], [(9, 1)], [["a"] * 2] * 10)
    found = kept_groups([explanation], [(1, 2)], groups).set_index("group")
    each = [one.node_mask.double().sum(0) for one in (explanation.query, explanation.reference)]
    wanted = mean(float(values[2:].mean()) for values in each)
    assert found.loc["b", "within"] == pytest.approx(wanted)


def test_signs_of_an_unlike_pair_are_read_as_pulls(graphs):
    model = siamese(GIN(5, 8, 2))
    explainer = PairExplainer(model, SelfLearned(signed=True), node_mask_type="object")
    found = explainer.explain(*([graphs[pair[side]] for pair in PAIRS] for side in (0, 1)))
    one = kept_groups(found, PAIRS, GROUPS)
    other = kept_groups([pair.pulls() for pair in found], PAIRS, GROUPS)
    assert one.equals(other)


def test_what_does_not_fit_is_refused(explained):
    with pytest.raises(ValueError, match="15 explanations and 1 pairs"):
        kept_groups(explained, [(0, 1)], GROUPS)
    with pytest.raises(ValueError, match="2 labels for 6 graphs"):
        kept_groups(explained, PAIRS, GROUPS, ["a", "b"])
