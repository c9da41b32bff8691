import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from pyg_siamex import PairDataset
from pyg_siamex.data import ListedPairs, Relation, SameLabel, Unlabelled, WithinDifference
from pyg_siamex.nn.training.batches import training_batches

pairs = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda p: tuple(sorted(p))),
    st.sampled_from([0.0, 1.0, -2.5]),
    max_size=20,
)
positions = st.lists(st.integers(0, 12), max_size=6)


@given(listed=pairs, i=positions, j=positions)
@settings(max_examples=100, deadline=None)
def test_listed_pairs_against_a_dictionary(listed, i, j):
    index = torch.tensor(list(listed), dtype=torch.long).view(-1, 2)
    index[::2] = index[::2].flip(1)
    relation = ListedPairs(index, torch.tensor(list(listed.values())))
    matrix = relation.matrix(torch.tensor(i).long(), torch.tensor(j).long())
    assert matrix.shape == (len(i), len(j)) and matrix.dtype == torch.float
    for row, a in enumerate(i):
        for column, b in enumerate(j):
            score = listed.get((min(a, b), max(a, b)), math.nan)
            found = float(matrix[row, column])
            assert found == score or (math.isnan(found) and math.isnan(score))


def test_classes_and_thresholds_by_hand():
    i, j = torch.tensor([0, 1]), torch.tensor([1, 2, 0])
    labels = SameLabel(torch.tensor([4, 4, 7])).matrix(i, j)
    assert labels.tolist() == [[1, 0, 1], [1, 0, 1]]
    values = WithinDifference(torch.tensor([0.0, 0.5, 2.0]), 0.5).matrix(i, j)
    assert values.tolist() == [[1, 0, 1], [1, 0, 1]]


class SharedTag(Relation):
    """1 for two graphs that have a tag in common: a relation of one's own."""

    def __init__(self, tags):
        self.tags = tags

    def matrix(self, i, j):
        return (self.tags[i].float() @ self.tags[j].float().T > 0).float()

    def sample(self, size, num_pairs, seed):
        every = torch.combinations(torch.arange(size))
        order = torch.randperm(len(every), generator=torch.Generator().manual_seed(seed))
        index = every[order[: num_pairs or len(every)]]
        return index, self.matrix(*index.unbind(1)).diagonal()

    def among(self, part):
        return SharedTag(self.tags[part])

    def permuted(self, seed):
        return SharedTag(self.tags.flip(0))


TAGS = torch.rand(20, 3, generator=torch.Generator().manual_seed(0)) < 0.4
INDEX = torch.combinations(torch.arange(20))[::3]
RELATIONS = {
    "classes": SameLabel(torch.arange(20) % 3),
    "threshold": WithinDifference(torch.arange(20.0), 5.0),
    "listed": ListedPairs(INDEX, torch.arange(float(len(INDEX)))),
    "unlabelled": Unlabelled(),
    "own": SharedTag(TAGS),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_drawn_targets_are_those_of_the_matrix(name):
    relation = RELATIONS[name]
    index, target = relation.sample(20, 12, 0)
    matrix = relation.matrix(torch.arange(20), torch.arange(20))
    torch.testing.assert_close(target, matrix[index[:, 0], index[:, 1]], equal_nan=True)
    assert len(index) == (len(INDEX) if relation.fixed else 12)


@pytest.mark.parametrize("name", RELATIONS)
def test_a_part_has_the_targets_of_the_whole(name):
    relation, part = RELATIONS[name], torch.tensor([13, 2, 7, 4, 19])
    inside = relation.among(part).matrix(torch.arange(5), torch.arange(5))
    torch.testing.assert_close(inside, relation.matrix(part, part), equal_nan=True)


@pytest.mark.parametrize("name", ["classes", "threshold", "listed"])
def test_permuted_targets_are_as_many_and_others(name):
    relation, every = RELATIONS[name], torch.arange(20)
    before, after = relation.matrix(every, every), relation.permuted(1).matrix(every, every)
    assert not torch.equal(before.nan_to_num(-1), after.nan_to_num(-1))
    if name != "threshold":  # which of a line's values are near depends on which are permuted
        assert sorted(before.flatten().nan_to_num(-1)) == sorted(after.flatten().nan_to_num(-1))


def test_pairs_of_a_relation_of_ones_own_are_split_and_batched():
    graphs = [Data(x=torch.tensor([[float(k)]]), num_nodes=1) for k in range(20)]
    pairs = PairDataset.from_relation(graphs, SharedTag(TAGS), 60, seed=1)
    assert len(pairs) == 60 and pairs.labels is None
    parts = pairs.split((0.5, 0.5))
    assert [len(part) for part in parts] == [30, 30]
    for data in (pairs, *parts):
        for query, reference, target in data:
            tags = [TAGS[int(graph.x)] for graph in (query, reference)]
            assert float(target) == float((tags[0] & tags[1]).any())
    batch = next(iter(training_batches(pairs, 8, 0)))
    own = TAGS[batch.graphs.x.flatten().long()]
    assert torch.equal(batch.target, (own[:, None] & own[None]).any(2).float())


def test_batches_are_drawn_of_graphs_or_of_listed_pairs():
    assert RELATIONS["classes"].units(3) == [[0], [1], [2]]
    assert RELATIONS["listed"].units(20) == INDEX.tolist()


def test_parts_may_have_graphs_beyond_the_listed_ones_and_lack_the_last():
    relation = ListedPairs(torch.tensor([[0, 1], [2, 5]]), torch.tensor([0.25, 0.75]))
    found = relation.among(torch.tensor([9, 1, 0]))
    assert found.index.tolist() == [[2, 1]] and found.scores.tolist() == [0.25]
    assert relation.among(torch.tensor([0, 1])).index.tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("index", "scores", "message"),
    [
        (torch.tensor([0, 1]), torch.ones(2), r"index must be \[P, 2\]"),
        (torch.tensor([[0, 1]]), torch.ones(1, 2), r"scores must be \[1\]"),
        (torch.tensor([[0, 1]]), torch.ones(2), r"scores must be \[1\]"),
        (torch.tensor([[0, 1e30]]), torch.ones(1), "integer positions"),
        (torch.tensor([[0, 2**60]]), torch.ones(1), r"index\[0\]"),
        (torch.tensor([[0, -1]]), torch.ones(1), r"index\[0\]"),
    ],
    ids=["a row", "columns of scores", "too many scores", "floats", "far", "before 0"],
)
def test_listed_pairs_are_positions_and_a_score_each(index, scores, message):
    with pytest.raises((TypeError, ValueError), match=message):
        ListedPairs(index, scores)


DRAWN = {
    "labels": SameLabel(torch.tensor([0, 1] * 4)),
    "values": WithinDifference(torch.arange(8.0), 2.0),
    "listed": ListedPairs(torch.tensor([[0, 1]]), torch.ones(1)),
    "unlabelled": Unlabelled(),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ((-1, 3, 0), ValueError, r"size must be at least 0 \(got -1\)"),
        ((2.5, 3, 0), TypeError, r"size must be a whole number \(got 2.5\)"),
        ((8, -2, 0), ValueError, r"num_pairs must be at least 0 \(got -2\)"),
        ((8, 2.5, 0), TypeError, r"num_pairs must be a whole number \(got 2.5\)"),
        ((8, 3, -1), ValueError, r"seed must be at least 0 \(got -1\)"),
        ((8, 3, "a"), TypeError, r"seed must be a whole number \(got 'a'\)"),
    ],
    ids=["size", "part of a size", "pairs", "part of a pair", "seed", "text"],
)
def test_pairs_are_drawn_by_whole_numbers(name, asked, error, message):
    with pytest.raises(error, match=message):
        DRAWN[name].sample(*asked)


@pytest.mark.parametrize("name", ["labels", "values"])
def test_pairs_are_drawn_of_the_graphs_of_the_relation(name):
    with pytest.raises(ValueError, match="size is 99, and the relation is of 8 graphs"):
        DRAWN[name].sample(99, 3, 0)
    with pytest.raises(IndexError, match="no position 8 among 8"):
        DRAWN[name].among(torch.tensor([0, 8]))


PARTS = {
    "below": (torch.tensor([0, -1]), IndexError, "no position -1: they are from 0"),
    "far beyond": (torch.tensor([0, 2**40]), IndexError, "no position 1099511627776"),
    "floats": (torch.tensor([0.0]), IndexError, "positions must be integers"),
    "nan": (torch.tensor([float("nan")]), IndexError, "positions must be integers"),
    "a short mask": (torch.tensor([True]), IndexError, "the mask has 1 entries for 4"),
    "twice": (torch.tensor([0, 1, 1]), ValueError, "`part` has a graph twice"),
    "none": (torch.tensor([], dtype=torch.long), ValueError, "a part of 0 graphs holds none"),
    "beyond all": (torch.tensor([9]), ValueError, "a part of 1 graphs holds none"),
    "a list": ([0, 1], TypeError, "`part` must be a Tensor"),
    "nothing": (None, TypeError, "`part` must be a Tensor"),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_listed_pairs_are_positions_from_0(name):
    part, error, message = PARTS[name]
    with pytest.raises(error, match=message):
        ListedPairs(torch.tensor([[0, 1], [2, 3]]), torch.ones(2)).among(part)


def test_a_mask_of_all_graphs_is_a_part_of_listed_pairs():
    pairs = ListedPairs(torch.tensor([[0, 1], [2, 3]]), torch.tensor([0.0, 1.0]))
    mask = torch.tensor([False, False, True, True, True])  # of a graph that no pair has, too
    assert pairs.among(mask).index.tolist() == [[0, 1]]
    assert pairs.among(mask).scores.tolist() == [1]


def test_listed_pairs_are_of_graphs_that_are_there():
    pairs = ListedPairs(torch.tensor([[0, 1], [2, 3]]), torch.ones(2))
    assert len(pairs.sample(4, None, 0)[0]) == len(pairs.sample(9, None, 0)[0]) == 2
    with pytest.raises(ValueError, match="size is 3, and a listed pair has graph 3"):
        pairs.sample(3, None, 0)


@pytest.mark.parametrize("size", [-1, 2.5, "a", None])
def test_sizes_are_whole_numbers(size):
    relation = SameLabel(torch.tensor([0, 1, 0]))
    for ask in (relation.units, relation.alike_share):
        with pytest.raises((TypeError, ValueError), match="size must be"):
            ask(size)


class Changed(SharedTag):
    """A relation of one's own, whose targets are changed."""

    def __init__(self, tags, change, sampled=None):
        super().__init__(tags)
        self.change, self.sampled = change, change if sampled is None else sampled

    def matrix(self, i, j):
        return self.change(super().matrix(i, j))

    def sample(self, size, num_pairs, seed):
        index, target = SharedTag(self.tags).sample(size, num_pairs, seed)
        return index, self.sampled(target)


POINTS = [Data(x=torch.tensor([[float(k)]]), num_nodes=1) for k in range(20)]
NUMBERS = {
    "truths": lambda one: one > 0,
    "whole": lambda one: one.long(),
    "bytes": lambda one: one.to(torch.uint8),
    "half": lambda one: one.half(),
    "double": lambda one: one.double(),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_targets_of_ones_own_are_floats(kind):
    plain, own = SharedTag(TAGS), Changed(TAGS, NUMBERS[kind])
    pairs = PairDataset.from_relation(POINTS, own, 60, seed=1)
    assert pairs.target.is_floating_point()
    assert pairs.target.tolist() == plain.sample(20, 60, 1)[1].tolist()
    assert own.alike_share(20) == plain.alike_share(20)
    (drawn,) = training_batches(pairs, 20, 0)
    every = torch.arange(20)
    assert drawn.target.is_floating_point()
    assert torch.equal(drawn.target.float(), plain.matrix(every, every))


NO_TARGETS = {
    "nothing": (lambda one: None, TypeError, "NoneType"),
    "list": (lambda one: one.tolist(), TypeError, "list"),
    "complex": (lambda one: one + 0j, TypeError, "torch.complex64"),
    "deeper": (lambda one: one[None], ValueError, r"\[1, "),
    "short": (lambda one: one[1:], ValueError, r"\["),
}


@pytest.mark.parametrize("kind", NO_TARGETS)
def test_what_is_no_target_of_each_pair_is_refused_by_the_relations_name(kind):
    change, error, message = NO_TARGETS[kind]
    with pytest.raises(error, match=rf"sample of the relation Changed .*\(got {message}"):
        PairDataset.from_relation(POINTS, Changed(TAGS, change), 60)
    pairs = PairDataset.from_relation(POINTS, Changed(TAGS, change, lambda one: one), 60)
    with pytest.raises(error, match=rf"matrix of the relation Changed .*\(got {message}"):
        next(iter(training_batches(pairs, 20, 0)))
    with pytest.raises(error, match="matrix of the relation Changed"):
        pairs.relation.alike_share(20)


SMALL = {
    "SameLabel": (SameLabel(torch.tensor([0, 1, 1])), "the relation is of 3 graphs"),
    "WithinDifference": (WithinDifference(torch.rand(3), 0.2), "the relation is of 3 graphs"),
    "ListedPairs": (ListedPairs(torch.tensor([[0, 2]]), torch.ones(1)), "they are from 0"),
    "Unlabelled": (Unlabelled(), "they are from 0"),
}


@pytest.mark.parametrize("name", SMALL)
def test_graphs_that_are_not_there_have_no_target(name):
    relation, message = SMALL[name]
    wrong = [-4] if "from 0" in message else [3, -4]
    for place in wrong:
        for i, j in ([0, place], [1]), ([1], [place, 0]):
            with pytest.raises(IndexError, match=f"no position {place}: {message}"):
                relation.matrix(torch.tensor(i), torch.tensor(j))
    for odd in (torch.tensor([0.5]), torch.tensor([[0, 1]]), torch.tensor(0), torch.ones(2) > 0):
        with pytest.raises(IndexError, match="graphs are chosen by positions"):
            relation.matrix(odd, torch.tensor([0]))
    assert relation.matrix(torch.tensor([0, 2]), torch.tensor([1])).shape == (2, 1)
    assert relation.matrix(torch.tensor([]), torch.tensor([1])).shape == (0, 1)


@pytest.mark.parametrize("name", ["SameLabel", "WithinDifference"])
@pytest.mark.parametrize("size", [2, 4])
def test_the_share_of_alike_pairs_is_of_all_graphs(name, size):
    with pytest.raises(ValueError, match=f"size is {size}, and the relation is of 3 graphs"):
        SMALL[name][0].alike_share(size)


@pytest.mark.parametrize("given", [None, {}, "a", [None], ["a"]], ids=str)
def test_what_is_no_positions_is_told(given):
    relation = SameLabel(torch.tensor([0, 1, 0]))
    with pytest.raises(TypeError, match="graphs are chosen by positions"):
        relation.matrix(given, given)


def test_a_value_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match="got nan for graph 1"):
        WithinDifference(torch.tensor([1.0, math.nan]), 1.0)


def test_a_pair_has_one_score():
    index = torch.tensor([[0, 1], [2, 3], [1, 0]])
    with pytest.raises(ValueError, match=r"pair \[0, 1\] is listed with scores (1|0) and (1|0)"):
        ListedPairs(index, torch.tensor([1.0, 0.0, 0.0]))
    ListedPairs(index, torch.tensor([1.0, 0.0, 1.0]))
    ListedPairs(index, torch.tensor([float("nan"), 0.0, float("nan")]))
