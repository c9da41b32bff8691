"""Validation graphs."""

import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.nn.training.set_aside import set_aside, warn_of_known


def items(numbers):
    return [Data(x=torch.full((2, 1), float(k)), y=torch.tensor(k % 2)) for k in numbers]


def test_validation_graphs_that_were_learned_from_are_counted(caplog):
    warn_of_known(PairDataset(items(range(40))), PairDataset(items(range(30, 60))), ("x",))
    assert "10 of 30 validation graphs are among the training graphs" in caplog.text
    caplog.clear()
    warn_of_known(PairDataset(items(range(40))), PairDataset(items(range(40, 60))), ("x",))
    assert not caplog.text


def test_only_what_the_model_reads_counts(caplog):
    learn, other = items(range(10)), items(range(10))
    for graph in other:
        graph.x, graph.colour = graph.x.flip(0), torch.ones(2, 1)
    for graph in learn:
        graph.colour = torch.zeros(2, 1)
    warn_of_known(PairDataset(learn), PairDataset(other), ("x", "colour"))
    assert not caplog.text
    warn_of_known(PairDataset(learn), PairDataset(other), ("x",))
    assert "10 of 10" in caplog.text


def test_equal_graphs_are_not_set_aside_from_one_another():
    learn, validation = set_aside(PairDataset(items([*range(40), *range(40)])), 0, ("x",))
    found = [{float(graph.x[0]) for graph in part.graphs} for part in (learn, validation)]
    assert sum(map(len, found)) == 40 and len(validation.graphs) == 8
    with pytest.raises(ValueError, match="40% of 4 graphs make no validation set"):
        set_aside(PairDataset(items(range(4))), 0, ("x",))


@pytest.mark.parametrize("count", [8, 14, 20, 24, 40])
@pytest.mark.parametrize("num_pairs", [None, 10])
def test_both_parts_have_alike_and_unlike_pairs(count, num_pairs):
    for seed in range(5):
        parts = set_aside(PairDataset(items(range(count)), num_pairs, seed), seed, ("x",))
        assert [part.target.unique().tolist() for part in parts] == [[0.0, 1.0]] * 2
    measured = PairDataset.from_difference(items(range(count)), 0.5, torch.arange(count) % 3)
    parts = set_aside(measured, 2, ("x",))
    assert [part.target.unique().tolist() for part in parts] == [[0.0, 1.0]] * 2


def test_scores_are_not_two_kinds():
    index = [[k, k + 1] for k in range(39)]
    scores = [0.0, 1.0, *(k / 40 for k in range(1, 38))]
    learn, validation = set_aside(
        PairDataset.from_pairs(items(range(40)), index, scores), 0, ("x",)
    )
    assert len(learn.graphs) + len(validation.graphs) == 40 and len(validation) >= 1


@pytest.mark.parametrize("low", [-1.0, 0.0, 0.25])
def test_scores_that_are_set_aside_can_be_in_an_order(low):
    listed = torch.combinations(torch.arange(40))[::7]
    scores = [2.0 if k % 4 == 0 else low for k in range(len(listed))]
    for seed in range(5):
        pairs = PairDataset.from_pairs(items(range(40)), listed, scores)
        _, validation = set_aside(pairs, seed, ("x",))
        assert len(validation.target.unique()) == 2


def test_scores_of_which_none_differ_in_a_part_are_told(caplog):
    pairs = PairDataset.from_pairs(items(range(20)), [[0, 1], [2, 3], [4, 5]], [0.2, 0.5, 0.7])
    found = None
    for seed in range(20):
        try:
            found = set_aside(pairs, seed, ("x",))
        except ValueError as error:
            assert "pass validation=" in str(error)
            continue
        break
    assert found is not None and len(found[1]) == 1
    assert "no pairs of different scores" in caplog.text and "validation=" in caplog.text


def test_parts_without_an_order_or_an_area_are_refused():
    pairs = PairDataset.from_pairs(items(range(20)), [[0, 1], [2, 3], [4, 5]], [1.0, 1.0, -1.0])
    told = set()
    for seed in range(20):
        try:
            _, validation = set_aside(pairs, seed, ("x",))
            assert -1.0 in validation.target.tolist()
        except ValueError as error:
            told.add("have one score" in str(error))
    assert True in told
