"""The embedding of the root of each graph."""

import pytest
import torch
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN


def rooted(root, nodes=4):
    chain = torch.stack([torch.arange(nodes - 1), torch.arange(1, nodes)])
    x = torch.arange(5.0 * nodes).view(nodes, 5)
    return Data(x=x, edge_index=chain, root_index=torch.tensor(root))


def test_batches_equal_single_graphs():
    model = SiameseGNN(GIN(5, 8, 2), pool="root").eval()
    graphs = [rooted([2]), rooted([0], 3), rooted([4], 6)]
    alone = torch.cat([model.embed(graph) for graph in graphs])
    torch.testing.assert_close(model.embed(Batch.from_data_list(graphs)), alone)
    nodes = model.encoder(graphs[0].x, graphs[0].edge_index)
    torch.testing.assert_close(alone[0], nodes[2])


def test_two_roots_are_joined():
    model = SiameseGNN(GIN(5, 8, 2), pool="root").eval()
    graphs = [rooted([2, 0]), rooted([1, 1], 3)]
    found = model.embed(Batch.from_data_list(graphs))
    nodes = model.encoder(graphs[0].x, graphs[0].edge_index)
    torch.testing.assert_close(found[0], torch.cat([nodes[2], nodes[0]]))


def test_graphs_without_roots_are_refused():
    model, graph = SiameseGNN(GIN(5, 8, 2), pool="root"), rooted([2])
    del graph.root_index
    with pytest.raises(ValueError, match=r"reads data\.root_index"):
        model.embed(graph)


def test_graphs_with_different_numbers_of_roots_are_refused():
    model = SiameseGNN(GIN(5, 8, 2), pool="root")
    with pytest.raises(ValueError, match="differ in their number of roots"):
        model.embed(Batch.from_data_list([rooted([0, 1, 2]), rooted([1])]))


def test_an_encoder_may_read_the_root_too():
    class Marked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = GIN(6, 8, 2)

        def forward(self, x, edge_index, root_index):
            mark = torch.zeros(len(x), 1).index_fill(0, root_index, 1.0)
            return self.gnn(torch.cat([x, mark], dim=1), edge_index)

    model = SiameseGNN(Marked(), pool="root")
    assert model.extra_inputs == ("root_index",)
    assert not torch.equal(model.embed(rooted([1])), model.embed(rooted([2])))


def test_edges_can_be_deleted_from_graphs_with_as_many_edges_as_nodes():
    model = SiameseGNN(GIN(5, 8, 2), pool="root")
    ring = torch.tensor([[0, 1, 2], [1, 2, 0]])
    inputs = model.inputs(Data(x=torch.eye(3, 5), edge_index=ring, root_index=torch.tensor([1])))
    assert inputs.select_edges(torch.tensor([0, 2])).edge_index.size(1) == 2
    with pytest.raises(ValueError, match="root_index"):
        inputs.select_nodes(torch.tensor([True, True, False]))


@pytest.mark.parametrize(
    ("root", "error", "message"),
    [
        ([4], ValueError, "names node 4, and there are 4, 0 to 3"),
        ([-1], ValueError, "names node -1"),
        ([1.5], TypeError, "must be positions of nodes"),
        ([True], TypeError, "must be positions of nodes"),
    ],
)
def test_roots_that_are_no_nodes_are_refused(root, error, message):
    model = SiameseGNN(GIN(5, 8, 2), pool="root").eval()
    with pytest.raises(error, match=message):
        model.embed(rooted(root))
