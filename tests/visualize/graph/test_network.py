import networkx as nx
import pytest
import torch
from torch_geometric.explain import Explanation

from pyg_siamex.visualize.graph.network import importances, weighted_network


def explained(edges, mask=None, nodes=3, **rest):
    graph = Explanation(x=torch.ones(nodes, 2), edge_index=torch.tensor(edges).T, **rest)
    if mask is not None:
        graph.edge_mask = torch.tensor(mask)
    return graph


def test_edges_with_their_reverse_are_undirected_and_have_the_larger_magnitude():
    graph = weighted_network(
        explained([(0, 1), (1, 0), (1, 2), (2, 1)], [1.0, 3.0, 0.0, -1.0]), None, None
    )
    assert not graph.is_directed()
    assert dict(graph.edges) == {("0", "1"): {"importance": 3.0}, ("1", "2"): {"importance": -1.0}}
    assert set(dict(graph.nodes(data="importance")).values()) == {None}


def test_one_edge_without_its_reverse_makes_the_graph_directed():
    graph = weighted_network(explained([(0, 1), (1, 0), (1, 2)], [1.0, 3.0, 5.0]), None, None)
    assert isinstance(graph, nx.DiGraph)
    assert graph["0"]["1"]["importance"] == 1.0
    assert graph["1"]["0"]["importance"] == 3.0
    assert graph["1"]["2"]["importance"] == 5.0


def test_parallel_edges_are_one_and_self_loops_stay_without_importance():
    graph = weighted_network(
        explained([(0, 1), (0, 1), (1, 0), (2, 2)], [1.0, 2.0, 6.0, 4.0]), None, None
    )
    assert graph["0"]["1"]["importance"] == 6.0
    assert graph["2"]["2"]["importance"] == 0.0


def test_nodes_take_their_mask_or_the_pair_matrix_without_any_mask():
    edges = [(0, 1), (1, 0)]
    masked = explained(edges, node_mask=torch.arange(6.0).view(3, 2))
    assert importances(weighted_network(masked, None, None)) == ([1.0, 5.0, 9.0], [])
    matrix = torch.arange(12.0).view(3, 4)
    related = weighted_network(explained(edges), None, matrix)
    assert importances(related) == (matrix.sum(1).tolist(), [])
    both = weighted_network(explained(edges, [1.0, 1.0]), None, matrix)
    assert importances(both) == ([], [1.0])


def test_names_come_from_the_caller_or_the_graph():
    named = explained([(0, 1), (1, 0)], node_names=["a", "b", "c"])
    assert list(weighted_network(named, None, None)) == ["a", "b", "c"]
    assert list(weighted_network(named, [7, 8, 9], None)) == ["7", "8", "9"]
    assert list(weighted_network(explained([(0, 1)]), None, None)) == ["0", "1", "2"]


def test_names_that_do_not_fit_are_errors():
    with pytest.raises(ValueError, match="2 node names for 3 nodes"):
        weighted_network(explained([(0, 1)]), ["a", "b"], None)
    with pytest.raises(ValueError, match="two nodes are named 'a'"):
        weighted_network(explained([(0, 1)]), ["a", "b", "a"], None)


def test_names_are_in_the_order_of_the_nodes():
    graph = explained([(0, 1)], [1.0], node_names=["a", "b", "c"])
    assert list(weighted_network(graph, ["x", "y", "z"], None)) == ["x", "y", "z"]
    with pytest.raises(ValueError, match="in another order: node 0 is 'a' in the graph, and 'b'"):
        weighted_network(graph, ["b", "a", "c"], None)
