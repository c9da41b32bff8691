import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.metric.rank import Ranks, uniform

GRAPH = torch.tensor([0, 0, 0, 1, 1, 2])
ALL = torch.ones(6, dtype=torch.bool)


def test_ranks_within_each_graph():
    ranks = Ranks(torch.tensor([1.0, 3, 2, 5, 6, 0]), GRAPH, ALL, 4)
    assert ranks.rank.tolist() == [2, 0, 1, 1, 0, 0]
    assert ranks.count.tolist() == [3, 2, 1, 0]


def test_shares_are_rounded_up():
    ranks = Ranks(torch.tensor([1.0, 3, 2, 5, 6, 0]), GRAPH, ALL, 3)
    assert ranks.top(0).sum() == 0
    assert ranks.top(0.01).tolist() == [False, True, False, False, True, True]
    assert ranks.top(1 / 3).tolist() == [False, True, False, False, True, True]
    assert ranks.top(0.5).tolist() == [False, True, True, False, True, True]
    assert ranks.top(1).all()
    with pytest.raises(ValueError, match="share must be in"):
        ranks.top(1.1)


@given(st.integers(1, 60), st.integers(0, 60))
def test_whole_shares_are_exact(size, chosen):
    chosen = min(chosen, size)
    flat = torch.zeros(size)
    ranks = Ranks(flat, flat.long(), torch.ones(size, dtype=torch.bool), 1)
    assert ranks.top(chosen / size).sum() == chosen


def test_absent_elements_come_last():
    present = torch.tensor([True, False, True, True, True, True])
    ranks = Ranks(torch.tensor([1.0, 9, 2, 5, 6, 0]), GRAPH, present, 3)
    assert ranks.rank.tolist() == [1, 2, 0, 1, 0, 0]
    assert ranks.top(1).tolist() == present.tolist()


def test_draws_do_not_depend_on_the_batch():
    alone = uniform(torch.zeros(3, dtype=torch.long), 1, 4, seed=7)
    assert torch.equal(uniform(GRAPH, 3, 4, seed=7)[:, :3], alone)
    mixed = torch.tensor([1, 0, 1, 0, 0])
    assert torch.equal(uniform(mixed, 2, 4, seed=7)[:, [1, 3, 4]], alone)
    assert not torch.equal(uniform(GRAPH, 3, 4, seed=8)[:, :3], alone)


def test_no_elements():
    empty = torch.zeros(0)
    ranks = Ranks(empty, empty.long(), empty.bool(), 2)
    assert ranks.count.tolist() == [0, 0] and ranks.top(0.5).shape == (0,)
    assert uniform(empty.long(), 2, 3, 0).shape == (3, 0)
