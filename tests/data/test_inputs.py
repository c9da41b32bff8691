import pytest
import torch
from graphs import odd_graphs, random_graph
from torch_geometric.data import Batch

from pyg_siamex.data import GraphInputs


def inputs(graphs):
    return GraphInputs.from_data(Batch.from_data_list(graphs), ("edge_attr",))


def test_concat_equals_one_batch():
    graphs = odd_graphs()
    joined, whole = inputs(graphs[:2]).concat(inputs(graphs[2:])), inputs(graphs)
    assert joined.num_graphs == whole.num_graphs == 4
    for name in ("x", "edge_index", "batch"):
        assert torch.equal(getattr(joined, name), getattr(whole, name))
    assert torch.equal(joined.edge_extras["edge_attr"], whole.edge_extras["edge_attr"])


def test_repeat_equals_a_batch_of_copies():
    graphs = odd_graphs()[:2]
    copies, whole = inputs(graphs).repeat(3), inputs(graphs * 3)
    assert copies.num_graphs == 6
    for name in ("x", "edge_index", "batch"):
        assert torch.equal(getattr(copies, name), getattr(whole, name))


def test_select_edges_keeps_their_features():
    one = inputs([random_graph(5, 1)])
    order = torch.arange(one.edge_index.size(1)).flip(0)
    turned = one.select_edges(order)
    assert torch.equal(turned.edge_index, one.edge_index[:, order])
    assert torch.equal(turned.edge_extras["edge_attr"], one.edge_extras["edge_attr"][order])


def test_what_one_side_lacks_is_named():
    plain = random_graph(4, 1)
    del plain.edge_attr
    with pytest.raises(ValueError, match="only one of the two graphs has 'edge_attr'"):
        inputs([random_graph(4, 2)]).concat(inputs([plain]))
    wide = random_graph(4, 1)
    wide.x = torch.ones(4, 2)
    with pytest.raises(ValueError, match=r"\[5\] against \[2\] columns"):
        inputs([random_graph(4, 2)]).concat(inputs([wide]))


def test_edge_graph():
    union = inputs(odd_graphs())
    assert torch.equal(union.edge_graph, union.batch[union.edge_index[1]])
