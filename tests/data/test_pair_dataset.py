import logging
from itertools import combinations

import numpy as np
import pytest
import torch
from graphs import random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader

from pyg_siamex import Pair, PairDataset
from pyg_siamex.data import ListedPairs, SameLabel, Unlabelled, WithinDifference


def graphs(labels):
    return [Data(x=torch.ones(2, 1) * k, y=torch.tensor(y)) for k, y in enumerate(labels)]


def unordered(index):
    return {tuple(sorted(pair)) for pair in index.tolist()}


@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=5), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_balanced_without_repetition(sizes, seed):
    labels = [c for c, size in enumerate(sizes) for _ in range(size)]
    alike = sum(size * (size - 1) // 2 for size in sizes)
    total = len(labels) * (len(labels) - 1) // 2
    if alike == 0:
        with pytest.raises(ValueError, match="no two graphs are alike"):
            PairDataset(graphs(labels), seed=seed)
        return
    pairs = PairDataset(graphs(labels), seed=seed)
    assert len(pairs) == min(10 * len(labels), total, 2 * min(alike, total - alike))
    assert len(unordered(pairs.index)) == len(pairs)
    assert (pairs.index[:, 0] != pairs.index[:, 1]).all()
    assert pairs.target.sum() == len(pairs) // 2
    for k in range(len(pairs)):
        pair = pairs[k]
        assert isinstance(pair, Pair)
        assert float(pair.y) == float(pair.query.y == pair.reference.y)
    every = PairDataset(graphs(labels), num_pairs=total, seed=seed)
    assert len(unordered(every.index)) == total and every.target.sum() == alike


@given(
    values=st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.7, 1.0]), min_size=3, max_size=12),
    threshold=st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5]),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_threshold_pairs_are_what_they_say(values, threshold, seed):
    relation = WithinDifference(torch.tensor(values).double(), threshold)
    everything = torch.arange(len(values))
    alike = int(torch.triu(relation.matrix(everything, everything), 1).sum())
    total = len(values) * (len(values) - 1) // 2
    if alike in (0, total):
        with pytest.raises(ValueError, match="nothing to tell apart"):
            PairDataset.from_difference(graphs(values), threshold, seed=seed)
        return
    pairs = PairDataset.from_difference(graphs(values), threshold, num_pairs=total, seed=seed)
    assert len(unordered(pairs.index)) == total
    assert pairs.target.sum() == alike
    balanced = PairDataset.from_difference(graphs(values), threshold, seed=seed)
    assert balanced.target.sum() == len(balanced) // 2
    i, j = balanced.index.unbind(1)
    assert torch.equal(relation.matrix(everything, everything)[i, j], balanced.target)


def test_seeded_and_global_state_untouched():
    items = graphs([0, 1, 2] * 10)
    states = torch.random.get_rng_state(), np.random.get_state()[1].copy()
    one, two, other = (PairDataset(items, num_pairs=50, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.index, two.index)
    assert not torch.equal(one.index, other.index)
    assert torch.equal(states[0], torch.random.get_rng_state())
    assert (states[1] == np.random.get_state()[1]).all()


def test_both_ways_round_occur():
    index = PairDataset(graphs([0, 1] * 20)).index
    assert 0.3 < (index[:, 0] < index[:, 1]).float().mean() < 0.7


def test_large_sets_are_fast_and_spread():
    pairs = PairDataset(graphs([k % 7 for k in range(5000)]))
    assert len(pairs) == 50000
    assert pairs.index.unique().numel() > 4990


def test_stock_loader_collates():
    items = [random_graph(4 + k, k) for k in range(6)]
    batch = next(iter(DataLoader(PairDataset(items, labels=[0, 1] * 3), batch_size=4)))
    assert isinstance(batch.query, Batch) and batch.reference.num_graphs == 4
    assert batch.y.shape == (4,) and batch.y.dtype == torch.float


@given(
    sizes=st.lists(st.integers(8, 30), min_size=2, max_size=4),
    seed=st.integers(0, 99),
    grouped=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_no_graph_leaks_between_parts(sizes, seed, grouped):
    labels = [c for c, size in enumerate(sizes) for _ in range(size)]
    items = graphs(labels)
    groups = [k // 2 for k in range(len(items))] if grouped else None
    parts = PairDataset(items).split((0.6, 0.2, 0.2), seed=seed, together=groups)
    members = [{int(graph.x[0, 0]) for graph in part.graphs} for part in parts]
    assert sum(len(m) for m in members) == len(items) == len(set.union(*members))
    if grouped:
        keys = [{k // 2 for k in m} for m in members]
        assert sum(len(key) for key in keys) == len(set.union(*keys))
    else:
        share = [len(m) / len(items) for m in members]
        assert share == pytest.approx([0.6, 0.2, 0.2], abs=0.1)
    again = PairDataset(items).split((0.6, 0.2, 0.2), seed=seed, together=groups)
    assert all(torch.equal(a.index, b.index) for a, b in zip(parts, again, strict=True))


def test_listed_pairs_look_up_both_ways():
    items = graphs([0] * 4)
    pairs = PairDataset.from_pairs(items, [(2, 0), (1, 3)], [0.5, -1])
    assert isinstance(pairs.relation, ListedPairs)
    matrix = pairs.relation.matrix(torch.tensor([0, 1]), torch.tensor([2, 3, 0]))
    assert matrix[0, 0] == 0.5 and matrix[1, 1] == -1
    assert matrix.isnan().sum() == 4
    assert pairs[1].y == -1 and pairs[0].query.x[0, 0] == 2


def test_listed_pairs_that_fall_between_parts_are_counted(caplog):
    items = graphs([0] * 20)
    index = [(i, j) for i in range(20) for j in range(i)]
    with caplog.at_level(logging.INFO):
        parts = PairDataset.from_pairs(items, index, [1.0] * 190).split((0.5, 0.5))
    assert [len(part) for part in parts] == [45, 45]
    assert "100 of 190 listed pairs" in caplog.text


def test_repeated_listings(caplog):
    items = graphs([0] * 3)
    with caplog.at_level(logging.WARNING):
        assert len(PairDataset.from_pairs(items, [(0, 1), (1, 0), (1, 2)], [1, 1, 0])) == 2
    assert "1 pairs were listed twice" in caplog.text
    with pytest.raises(ValueError, match=r"\[1, 0\] is listed twice with scores 1.0 .* and 0.0"):
        PairDataset.from_pairs(items, [(0, 1), (1, 0)], [1, 0])


def test_unlabelled_reads_no_label():
    items = [Data(x=torch.ones(1, 1) * k) for k in range(9)]
    pairs = PairDataset.unlabelled(items, 20)
    assert len(unordered(pairs.index)) == 20 and pairs.target.isnan().all()
    assert isinstance(pairs.relation, Unlabelled)
    assert pairs.relation.matrix(torch.arange(2), torch.arange(3)).isnan().all()
    assert [len(part.graphs) for part in pairs.split((0.5, 0.5))] in ([4, 5], [5, 4])


@pytest.mark.parametrize(
    ("labels", "arguments", "message"),
    [
        ([0.5, 1.5, 2.5], {}, "use PairDataset.from_difference"),
        ([0, 0, 0], {}, "all graphs are alike"),
        ([0, 1, 2], {}, "no two graphs are alike"),
        ([0], {}, "at least 2 graphs"),
        ([0, 1, 0], {"labels": [0, 1]}, "2 labels for 3 graphs"),
        ([0.0, float("nan"), 1.0], {}, "target of graph 1 is NaN"),
        ([0, 1, 0], {"num_pairs": 9}, "3 graphs make 3 pairs"),
        ([0, 1, 0], {"num_pairs": 0}, "num_pairs must be at least 1"),
        ([], {}, r"at least 2 graphs \(got 0\)"),
        ([0.0, float("inf"), 1.0], {}, "target of graph 1 is infinite"),
    ],
)
def test_bad_labels_are_named(labels, arguments, message):
    with pytest.raises(ValueError, match=message):
        PairDataset(graphs(labels), **arguments)


def test_other_bad_input_is_named():
    items = graphs([0, 1, 0])
    with pytest.raises(ValueError, match="graph 0 has no target y"):
        PairDataset([Data(x=torch.ones(1, 1))] * 3)
    with pytest.raises(ValueError, match="graph 0 has 2 targets"):
        PairDataset([Data(x=torch.ones(1, 1), y=torch.ones(2))] * 3)
    with pytest.raises(ValueError, match=r"index\[1\] is \[0, 7\], and there are 3 graphs"):
        PairDataset.from_pairs(items, [(0, 1), (0, 7)], [1, 1])
    with pytest.raises(ValueError, match=r"scores\[0\] is NaN"):
        PairDataset.from_pairs(items, [(0, 1)], [float("nan")])
    with pytest.raises(ValueError, match="1 scores for 2 pairs"):
        PairDataset.from_pairs(items, [(0, 1), (1, 2)], [1])
    with pytest.raises(ValueError, match="`max_difference` must be at least 0"):
        PairDataset.from_difference(items, -1)
    with pytest.raises(ValueError, match="fractions must be positive and sum to 1"):
        PairDataset(items).split((0.5, 0.4))
    with pytest.raises(ValueError, match="fractions must be positive and sum to 1"):
        PairDataset(items).split((float("nan"), 0.5))
    with pytest.raises(ValueError, match="too few"):
        PairDataset(items).split((0.9, 0.1), together=[0, 0, 0])


def test_float_labels_that_are_integers_are_classes():
    pairs = PairDataset(graphs([0.0, 1.0, 0.0, 1.0]))
    assert isinstance(pairs.relation, SameLabel)
    assert pairs.labels.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("number", [np.int64(5), 5])
def test_any_integer_counts_pairs(number):
    assert len(PairDataset(graphs([0, 1] * 5), num_pairs=number)) == 5


def test_what_is_no_graph_or_number_is_named():
    items = graphs([0, 1, 0])
    with pytest.raises(TypeError, match=r"`graphs` must be a list, each a Data"):
        PairDataset(None)
    with pytest.raises(TypeError, match=r"must hold torch_geometric Data \(got Pair\)"):
        PairDataset.unlabelled(PairDataset(items))
    with pytest.raises(TypeError, match=r"`labels` must be .* \(entry 0 is 'a'\)"):
        PairDataset(items, labels=["a", "b", "a"])
    with pytest.raises(TypeError, match="target y of graph 0 must be a number"):
        PairDataset([Data(y="a"), Data(y="b")])
    with pytest.raises(TypeError, match=r"`num_pairs` must be a whole number or None \(got 2.5\)"):
        PairDataset(items, num_pairs=2.5)
    with pytest.raises(ValueError, match="2 values for 3 graphs"):
        PairDataset.from_difference(items, 1.0, values=[1.0, 2.0])


def test_an_index_of_another_shape_or_kind_is_named():
    items = graphs([0] * 9)
    with pytest.raises(ValueError, match=r"\(got \[2, 4\]\): transpose"):
        PairDataset.from_pairs(items, torch.arange(8).view(2, 4))
    with pytest.raises(ValueError, match="index is empty"):
        PairDataset.from_pairs(items, [])
    with pytest.raises(TypeError, match=r"`index` must be .* \(entry 0, entry 0 is 0.0"):
        PairDataset.from_pairs(items, [[0.0, 1.0]])
    with pytest.raises(TypeError, match=r"`scores` must be .* \(entry 0 is .high"):
        PairDataset.from_pairs(items, [[0, 1]], ["high"])


def test_a_listed_graph_may_be_its_own_partner():
    pairs = PairDataset.from_pairs(graphs([0, 1]), [(0, 0), (0, 1)], [1, 0])
    assert pairs.target.tolist() == [1, 0]
    assert pairs.relation.matrix(torch.arange(2), torch.arange(2))[0, 0] == 1


def test_listed_pairs_without_scores_stay_the_listed_ones():
    items = graphs([0] * 20)
    listed = [(k, k + 1) for k in range(0, 20, 2)] + [(k, (k + 3) % 20) for k in range(20)]
    whole = PairDataset.from_pairs(items, listed)
    assert whole.target.isnan().all()
    for part in whole.split((0.5, 0.5)):
        pairs = {tuple(sorted((int(p.query.x[0, 0]), int(p.reference.x[0, 0])))) for p in part}
        assert pairs <= unordered(whole.index) and len(pairs) == len(part)
        assert part.target.isnan().all()


def test_a_part_without_a_listed_pair_is_an_error():
    with pytest.raises(ValueError, match="holds none of the 1 listed pairs"):
        PairDataset.from_pairs(graphs([0] * 10), [(0, 1)], [1]).split((0.5, 0.5))


def test_split_of_values_keeps_the_rule():
    values = [k / 8 for k in range(40)]
    whole = PairDataset.from_difference(graphs(values), 0.5, num_pairs=300)
    for part in whole.split((0.5, 0.5)):
        for pair in part:
            near = abs(float(pair.query.y) - float(pair.reference.y)) <= 0.5
            assert float(pair.y) == float(near)
        assert len(part) == 150


def renumbered(graph, seed):
    order = torch.randperm(graph.num_nodes, generator=torch.Generator().manual_seed(seed))
    place = order.argsort()
    return Data(x=graph.x[order], edge_index=place[graph.edge_index], y=graph.y)


def test_graphs_that_no_model_tells_apart_are_in_one_part_and_no_pair():
    plain = [random_graph(6, k) for k in range(30)]
    for k, graph in enumerate(plain):
        graph.y, graph.edge_attr, graph.edge_weight = torch.tensor(k % 2), None, None
    items = [renumbered(graph, seed) for seed in range(3) for graph in plain]
    parts = PairDataset(items).split((0.6, 0.2, 0.2), seed=1)
    sums = [{round(float(graph.x.sum()), 4) for graph in part.graphs} for part in parts]
    assert sum(map(len, sums)) == 30 == len(set.union(*sums))
    for part in parts:
        assert len(part.groups.unique()) * 3 == len(part.graphs)
        query, reference = part.groups[part.index].unbind(1)
        assert (query != reference).all()


def test_keys_of_the_user_join_those_of_the_graphs():
    items = graphs([0, 1] * 10)
    twins = [*items, *graphs([0, 1] * 10)]
    series = [k // 4 for k in range(20)] + list(range(100, 120))
    for part in PairDataset(twins).split((0.5, 0.5), together=series):
        found = {int(graph.x[0, 0]) for graph in part.graphs}
        assert len(part.graphs) == 2 * len(found)
        assert {k // 4 * 4 + place for k in found for place in range(4)} == found


def test_only_what_the_model_reads_tells_graphs_apart():
    items = graphs([0, 1] * 10)
    for graph in items:
        graph.colour, graph.x = graph.x, torch.ones(2, 1)
    with pytest.raises(ValueError, match="1 graphs, or sets of graphs that stay together"):
        PairDataset(items).split((0.5, 0.5))
    parts = PairDataset(items).split((0.5, 0.5), reads=["x", "colour"])
    assert [len(part.graphs) for part in parts] == [10, 10]


def test_a_part_of_one_graph_many_times_is_refused():
    items = graphs([0, 1, 0, 1])
    with pytest.raises(ValueError, match="2 of which a model can tell apart"):
        PairDataset(items).subset(torch.arange(4), same=["a", "b", "a", "b"])
    with pytest.raises(ValueError, match="1 of which a model can tell apart"):
        PairDataset(items).subset(torch.arange(4), same=["a"] * 4)


def test_indices_choose_pairs():
    pairs = PairDataset(graphs([k % 3 for k in range(9)]), num_pairs=12)
    mask = pairs.target == 1
    for index in (mask, mask.numpy(), mask.tolist(), mask.nonzero().flatten().tolist()):
        alike = pairs[index]
        assert len(alike) == int(mask.sum()) and torch.equal(alike.index, pairs.index[mask])
        assert (alike.target == 1).all() and alike.labels is pairs.labels
    few = pairs[2:4]
    assert few[0].query.x is pairs[2].query.x and few.relation.fixed
    every = torch.arange(9)
    known = ~few.relation.matrix(every, every).isnan()
    assert int(known.sum()) == 4, "no other pair of the graphs is learned from"
    assert pairs[-1].reference.x is pairs[len(pairs) - 1].reference.x
    for wrong in (mask[1:], [99]):
        with pytest.raises(IndexError):
            pairs[wrong]
    with pytest.raises(ValueError, match="chooses no pair"):
        pairs[[]]


@pytest.mark.parametrize("part", [[0, 0, 1, 1], [0, 1, 2, -4]], ids=["plain", "from the end"])
def test_a_part_has_each_graph_once(part):
    with pytest.raises(ValueError, match=r"`part` has the position 0 2 times"):
        PairDataset(graphs([0, 1, 0, 1])).subset(torch.tensor(part))


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ([16777216, 16777217, 16777300], 0.5),
        ([1700000000 + 20 * k for k in range(8)], 10.0),
        ([2.0**53, 2.0**53 - 1, 0.0], 0.5),
    ],
)
def test_differences_of_large_values_are_exact(values, most):
    graphs = [random_graph(4, k) for k in range(len(values))]
    alike = [(a, b) for a in values for b in values if a < b and b - a <= most]
    if not alike:
        with pytest.raises(ValueError, match="no two graphs are alike"):
            PairDataset.from_difference(graphs, most, values=values)
    near = PairDataset.from_difference(graphs, 50.0, values=values)
    value_of = {float(graph.x[0, 0]): value for graph, value in zip(graphs, values, strict=True)}
    for query, reference, target in near:
        ends = [value_of[float(graph.x[0, 0])] for graph in (query, reference)]
        assert float(target) == float(abs(ends[0] - ends[1]) <= 50)


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param([True, False, True, False], id="list"),
        pytest.param((True, False, True, False), id="tuple"),
        pytest.param(list(np.array([True, False, True, False])), id="list of NumPy's"),
        pytest.param(np.array([True, False, True, False]), id="array"),
        pytest.param(torch.tensor([True, False, True, False]), id="tensor"),
    ],
)
def test_truths_are_classes(labels):
    pairs = PairDataset([Data(x=torch.ones(1, 1)) for _ in range(4)], labels=labels)
    assert pairs.labels.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("place", [6, -7, 100_000, np.int64(8), torch.tensor(9)], ids=str)
def test_a_pair_that_is_not_there(place):
    pairs = PairDataset([Data(x=torch.ones(1, 1)) for _ in range(4)], labels=[0, 0, 1, 1])
    pairs = PairDataset.from_pairs(pairs.graphs, list(combinations(range(4), 2)))
    with pytest.raises(IndexError, match=f"^no position {int(place)} among 6$"):
        pairs[place]
    assert len(list(pairs)) == 6


def test_the_part_without_pairs_is_named():
    graphs = [Data(x=torch.full((k + 1, 1), float(k))) for k in range(6)]
    pairs = PairDataset(graphs, labels=[0, 0, 1, 1, 2, 2])
    with pytest.raises(ValueError, match=r"^part 1 of fractions \[0\.5, 0\.5\]: no two graphs"):
        pairs.split((0.5, 0.5))
