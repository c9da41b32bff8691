import pytest
import torch
from torch_geometric.explain import Explanation

from pyg_siamex.visualize.connectome.drawn_graph import Edge, drawn_graphs


def test_an_edge_has_the_largest_of_its_entries_and_self_loops_are_left_out(pair):
    graph = Explanation(
        x=torch.ones(3, 1),
        edge_index=torch.tensor([[0, 1, 1, 2, 2, 0], [1, 0, 0, 2, 1, 2]]),
        edge_mask=torch.tensor([1.0, 2.0, 6.0, 9.0, -1.0, 0.5]),
    )
    drawn, _ = drawn_graphs(pair(graph, graph))
    assert drawn.edges == [Edge(0, 1, 6.0), Edge(0, 2, 0.5), Edge(1, 2, -1.0)]


def test_the_strongest_are_those_of_largest_magnitude_without_zeros(brains):
    drawn, _ = drawn_graphs(brains)
    assert drawn.strongest(2) == [Edge(0, 2, -2.0), Edge(0, 1, 1.0)]
    assert len(drawn.strongest(99)) == 4
    assert drawn.leading(2) == [0, 2]


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_left_out_and_as_strong_is_counted(count, brain, pair):
    drawn, _ = drawn_graphs(pair(brain([1, -1, 1, 1, 1], [1, 1, -1, 1, 0, 0]), brain()))
    assert drawn.edges_as_strong(count) == 5 - count
    assert drawn.nodes_as_strong(count) == 4 - count
    assert drawn.edges_as_strong(5) == drawn.nodes_as_strong(4) == 0


def test_nodes_take_their_mask_else_their_edges_else_the_pair_matrix(brain, pair):
    by_mask, by_edges = drawn_graphs(pair(brain([1] * 5, range(6)), brain([1, -2, 0, 0, 0.5])))
    assert by_mask.nodes.tolist() == [0, 1, 2, 3, 4, 5]
    assert by_edges.nodes.tolist() == [-3, 1, -2, 0, 0.5, 0.5]
    relevance = torch.arange(36.0).view(6, 6)
    rows, columns = drawn_graphs(pair(brain(), brain(), relevance=relevance))
    assert rows.nodes.tolist() == relevance.sum(1).tolist()
    assert columns.nodes.tolist() == relevance.sum(0).tolist()
    assert not rows.weighed


def test_a_side_alone_is_enough_and_none_is_an_error(brain, pair):
    _, other = drawn_graphs(pair(brain([1] * 5), brain()))
    assert other.nodes is None
    assert other.leading(3) == []
    with pytest.raises(ValueError, match="there is no relevance"):
        drawn_graphs(pair(brain(), brain()))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_errors(value, brain, pair):
    with pytest.raises(ValueError, match="not finite"):
        drawn_graphs(pair(brain([value, 0, 0, 0, 0]), brain()))
