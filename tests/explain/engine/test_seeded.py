"""Seeded numbers are what the seed gives, for each graph, and leave no trace."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.explain.engine.seeded import drawn_by_graph, seeded


def test_draws_what_the_seed_gives():
    with seeded(3):
        drawn = torch.rand(4)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(4))


def test_the_global_state_is_as_before_also_after_an_error():
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    with pytest.raises(RuntimeError), seeded(3):
        torch.rand(4)
        raise RuntimeError
    assert torch.equal(before, torch.random.get_rng_state())


def normal(count, generator):
    return torch.randn(count, 2, generator=generator)


def test_each_graph_draws_from_its_own_seed():
    before = torch.random.get_rng_state()
    drawn = drawn_by_graph(normal, torch.tensor([1, 0, 1, 3]), [5, 6, 7, 5])
    assert torch.equal(drawn[[0, 2]], normal(2, torch.Generator().manual_seed(6)))
    assert torch.equal(drawn[[1]], normal(1, torch.Generator().manual_seed(5)))
    assert torch.equal(drawn[[1]], drawn[[3]])
    assert torch.equal(before, torch.random.get_rng_state())


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20))
def test_a_graph_draws_the_same_alone_and_in_any_batch(graph):
    graph = torch.tensor(graph)
    drawn = drawn_by_graph(normal, graph, range(5))
    for number in range(5):
        mine = drawn[graph == number]
        alone = drawn_by_graph(normal, torch.zeros(len(mine), dtype=torch.long), [number])
        assert torch.equal(mine, alone)


def test_graphs_without_elements_draw_nothing():
    assert drawn_by_graph(normal, torch.zeros(0, dtype=torch.long), [1, 2]).shape == (0, 2)
