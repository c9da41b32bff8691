"""The graphs of the checks, and what is made of them."""

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import (
    contains_isolated_nodes,
    contains_self_loops,
    is_undirected,
    to_dense_adj,
)

from pyg_siamex.explain.check.trial_graphs import keep_edges, odd_graphs, renumbered, trial_graphs


def graphs():
    out = trial_graphs()
    for graph in out:
        graph.edge_attr = torch.arange(graph.num_edges).view(-1, 1).double()
        graph.kind = torch.arange(graph.num_nodes)
    return out


def test_plain_graphs_are_undirected_without_self_loops_and_the_same_every_time():
    for one, other in zip(trial_graphs(), trial_graphs(), strict=True):
        assert is_undirected(one.edge_index, num_nodes=one.num_nodes)
        assert not contains_self_loops(one.edge_index)
        assert torch.equal(one.x, other.x) and torch.equal(one.edge_index, other.edge_index)
    assert [graph.num_nodes for graph in trial_graphs((5, 9))] == [5, 9]


def test_no_two_nodes_of_a_plain_graph_have_the_same_neighbours():
    for seed in range(5):
        for graph in trial_graphs((5, 6, 7, 12), seed=seed):
            adjacency = to_dense_adj(graph.edge_index, max_num_nodes=graph.num_nodes)[0]
            closed = adjacency + torch.eye(graph.num_nodes)
            assert len(adjacency.unique(dim=0)) == len(closed.unique(dim=0)) == graph.num_nodes


def test_odd_graphs_are_what_they_are_called_and_keep_their_attributes():
    odd = {graph.name: graph.data for graph in odd_graphs(graphs())}
    assert odd["one node"].num_nodes == 1 and odd["one node"].num_edges == 0
    assert odd["no edges"].num_edges == 0 and odd["no edges"].num_nodes > 1
    loops = odd["self loops alone"].edge_index
    assert loops.size(1) and torch.equal(loops[0], loops[1])
    isolated = odd["isolated nodes"]
    assert contains_isolated_nodes(isolated.edge_index, num_nodes=isolated.num_nodes)
    pairs = odd["duplicate edges"].edge_index.T
    assert len(pairs.unique(dim=0)) == len(pairs) - 3
    between = odd["self loops among edges"].edge_index
    assert not (between[0] == between[1])[[0, -1]].any() and contains_self_loops(between)
    for graph in odd.values():
        assert len(graph.edge_attr) == graph.num_edges
        assert len(graph.kind) == len(graph.x) == graph.num_nodes
        assert graph.validate()


def test_graphs_without_edges_have_odd_ones_too():
    rows = [Data(x=torch.randn(1, 3), edge_index=torch.empty(2, 0).long()) for _ in range(3)]
    assert [graph.name for graph in odd_graphs(rows)] == ["one node"]


def test_edges_take_their_attributes_along():
    graph = graphs()[0]
    order = torch.tensor([3, 0, 0])
    found = keep_edges(graph, order)
    assert torch.equal(found.edge_index, graph.edge_index[:, order])
    assert found.edge_attr.flatten().tolist() == [3, 0, 0]
    assert graph.num_edges > 3


def test_renumbered_nodes_take_their_attributes_and_edges_along():
    graph = graphs()[1]
    graph.root_index = torch.tensor([2])
    order = torch.tensor([4, 2, 0, 1, 3])
    found = renumbered(graph, order)
    assert torch.equal(found.x, graph.x[order]) and torch.equal(found.kind, order)
    assert torch.equal(order[found.edge_index], graph.edge_index)
    assert order[found.root_index] == 2
    assert torch.equal(found.edge_attr, graph.edge_attr)


def test_graphs_that_do_not_fit_into_memory_are_refused():
    with pytest.raises(ValueError, match="trial graphs of these `sizes` would take"):
        trial_graphs(sizes=[10**14])
