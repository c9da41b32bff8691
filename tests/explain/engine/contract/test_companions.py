"""The graphs that an encoder is tried on are small and different."""

import torch
from graphs import FEATURES, edgeless_graph, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.contract.companions import companions, small_graph


def union(*graphs):
    return SiameseGNN(GIN(FEATURES, 8, 2), "add").inputs_of(list(graphs))


def test_the_smallest_graph_with_edges_is_tried():
    graphs = [random_graph(7, 1), random_graph(4, 2), edgeless_graph(1), random_graph(5, 3)]
    assert torch.equal(small_graph(union(*graphs)).x, graphs[1].x)
    assert torch.equal(
        small_graph(union(edgeless_graph(3), edgeless_graph(2))).x, edgeless_graph(2).x
    )


def test_a_graph_without_nodes_is_tried_last():
    whole = union(random_graph(4, 1), edgeless_graph(2), edgeless_graph(1))
    emptied = whole.select_edges(whole.edge_index[0] < 0)
    emptied = emptied.select_nodes(emptied.batch != 1)
    assert emptied.node_counts.tolist() == [4, 0, 1]
    assert len(small_graph(emptied).x) == 1


def test_the_first_companion_has_another_size_and_the_last_the_same():
    for graphs in ([random_graph(4, 1), random_graph(6, 2)], [random_graph(4, 1)]):
        whole = union(*graphs)
        first = small_graph(whole)
        found = list(companions(whole, first))
        assert len(found[0].x) != len(first.x) and len(found[-1].x) == len(first.x)
        for other in found:
            assert other.num_graphs == 1
            same = other.x.shape == first.x.shape and torch.equal(other.x, first.x)
            assert not same and (other.edge_index < len(other.x)).all()
