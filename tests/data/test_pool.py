import pytest
import torch
from torch.utils.data import IterableDataset
from torch_geometric.data import Data

from pyg_siamex.data.pool import DrawnGraphs, draw_graphs


@pytest.fixture
def graphs() -> list[Data]:
    return [Data(x=torch.full((1, 1), float(k))) for k in range(30)]


def test_a_draw_has_different_graphs_of_the_pool(graphs: list[Data]) -> None:
    drawn = draw_graphs(graphs, 10, seed=0)
    numbers = [int(graph.x) for graph in drawn]
    assert len(set(numbers)) == 10
    assert numbers == [int(graph.x) for graph in draw_graphs(graphs, 10, seed=0)]
    assert numbers != [int(graph.x) for graph in draw_graphs(graphs, 10, seed=1)]


def test_a_small_pool_is_drawn_whole(graphs: list[Data]) -> None:
    drawn = draw_graphs(graphs[:4], 10, seed=0)
    assert sorted(int(graph.x) for graph in drawn) == [0, 1, 2, 3]


def test_the_random_state_is_left_as_it_was(graphs: list[Data]) -> None:
    before = torch.get_rng_state()
    draw_graphs(graphs, 10, seed=0)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("size", "count", "message"), [(0, 5, "the pool is empty"), (3, 0, r"at least 1 \(got 0\)")]
)
def test_nothing_to_draw_is_refused(
    graphs: list[Data], size: int, count: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        draw_graphs(graphs[:size], count, seed=0)


def test_drawn_graphs_are_called_by_their_numbers_in_the_pool(graphs: list[Data]) -> None:
    drawn = draw_graphs(graphs, 10, seed=0)
    for part, first in ((drawn, 0), (drawn[3:7], 3), (drawn[8:][1:], 9)):
        assert isinstance(part, DrawnGraphs)
        for k, graph in enumerate(part):
            assert graph is drawn[first + k]
            assert part.called(k) == f"graph {int(graph.x)} of the pool"


class Endless(IterableDataset):
    """Graphs that are read one after another."""

    def __iter__(self):
        return iter([Data(x=torch.ones(1, 1))])


def test_a_pool_without_a_length_is_refused() -> None:
    with pytest.raises(TypeError, match=r"the pool must have a length .*got Endless"):
        draw_graphs(Endless(), 2, 0)
