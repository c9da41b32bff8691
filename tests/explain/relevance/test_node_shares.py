import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GCN

from pyg_siamex.explain.relevance.node_shares import NodeShares, feature_parts, unambiguous


def union(*graphs):
    return siamese(GCN(5, 4, 1)).inputs(Batch.from_data_list(list(graphs)))


VALUES = torch.arange(6, dtype=torch.float64)


def test_rows_are_nodes_edges_or_graphs():
    inputs = union(random_graph(0, 4, 5), random_graph(1, 2, 3))
    shares, ends = NodeShares(inputs), inputs.edge_index[1]
    assert torch.equal(shares.of(VALUES, 6), VALUES)
    assert torch.equal(shares.of(VALUES, 8), VALUES[ends])
    assert shares.of(VALUES, 2).tolist() == [1.5, 4.5]
    assert shares.of(VALUES, 7) is None


def test_edges_may_have_one_loop_for_each_node():
    inputs = union(random_graph(0, 4, 5), random_graph(1, 2, 3))
    proper = ~inputs.loops
    expected = torch.cat([VALUES[inputs.edge_index[1][proper]], VALUES])
    assert torch.equal(NodeShares(inputs).of(VALUES, int(proper.sum()) + 6), expected)


def test_edges_in_another_order_are_all_nodes_in_equal_parts():
    inputs = union(random_graph(0, 4, 5), random_graph(1, 2, 3))
    shares = NodeShares(inputs, edges_in_order=False)
    assert shares.of(VALUES, 8).tolist() == [1.5] * 5 + [4.5] * 3


def test_a_number_of_two_kinds_of_rows_is_not_read():
    inputs = union(random_graph(0, 4, 3), random_graph(1, 2, 3))
    assert NodeShares(inputs).of(VALUES, 6) is None
    clear = unambiguous(inputs)
    assert len(clear.x) > 6 and clear.edge_index.size(1) == 6
    values = torch.arange(len(clear.x), dtype=torch.float64)
    assert torch.equal(NodeShares(clear).of(values, 6), values[clear.edge_index[1]])


def test_graphs_of_one_node_are_nodes():
    inputs = union(random_graph(0, 1, 0), random_graph(1, 1, 0))
    assert torch.equal(NodeShares(inputs).of(VALUES[:2], 2), VALUES[:2])


def test_nodes_side_by_side_have_columns_of_their_own():
    inputs = union(random_graph(0, 3, 5), random_graph(1, 3, 5))
    found = NodeShares(inputs).of_blocks(VALUES, 6)
    assert found.tolist() == [[0, 0, 1, 1, 2, 2], [3, 3, 4, 4, 5, 5]]
    found = NodeShares(inputs, profiles=True).of_blocks(VALUES, 9)
    assert found.tolist() == [[0, 1, 2] * 3, [3, 4, 5] * 3]


def test_features_that_are_not_zero_have_equal_parts():
    x = torch.tensor([[2.0, 0.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    found = feature_parts(x)
    assert found.tolist()[:2] == [[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]]
    assert found[2].tolist() == pytest.approx([1 / 3] * 3)


def test_an_edgeless_graph_is_left_as_it_is():
    inputs = siamese(GCN(5, 4, 1)).inputs(
        Data(
            x=torch.ones(2, 5, dtype=torch.float64), edge_index=torch.empty(2, 0, dtype=torch.long)
        )
    )
    assert len(unambiguous(inputs).x) == 2
