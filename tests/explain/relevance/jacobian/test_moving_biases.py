import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GAT, GCN, GIN, EdgeCNN, GraphSAGE

from pyg_siamex.explain.relevance.jacobian.moving_biases import MovingBiases
from pyg_siamex.explain.relevance.node_shares import NodeShares, unambiguous

KINDS = {
    "GIN": lambda: GIN(5, 4, 2, norm="batch_norm"),
    "GCN": lambda: GCN(5, 4, 2, norm="batch_norm"),
    "GAT": lambda: GAT(5, 4, 2, heads=2),
    "GATv2": lambda: GAT(5, 4, 2, v2=True),
    "GraphSAGE": lambda: GraphSAGE(5, 4, 2),
    "EdgeCNN": lambda: EdgeCNN(5, 4, 2),
}


def inputs_of(model):
    graphs = [random_graph(0), random_graph(1, 4, 4)]
    return unambiguous(model.inputs(Batch.from_data_list(graphs)))


@pytest.mark.parametrize("name", KINDS)
@torch.no_grad()
def test_a_gate_of_one_changes_nothing_and_zero_takes_all_biases(name):
    model = siamese(KINDS[name](), "add")
    inputs = inputs_of(model)
    shares, ones = NodeShares(inputs), torch.ones(len(inputs.x), dtype=torch.double)
    with MovingBiases(model, shares, ones):
        torch.testing.assert_close(model.encode(inputs), torch.Tensor.clone(model.encode(inputs)))
        whole = model.encode(inputs)
    torch.testing.assert_close(whole, model.encode(inputs))
    inputs.x.zero_()
    with MovingBiases(model, shares, 0 * ones):
        assert not model.encode(inputs).any()
    assert model.encode(inputs).abs().max() > 0.1


@torch.no_grad()
def test_the_gate_of_a_node_scales_the_constants_at_that_node():
    model = siamese(nn_only := Plain(), "add")
    inputs = inputs_of(model)
    gate = torch.linspace(0, 2, len(inputs.x), dtype=torch.double)
    with MovingBiases(model, NodeShares(inputs), gate):
        found = nn_only(inputs.x, inputs.edge_index)
    here = gate[:, None]
    z = inputs.x @ nn_only.lin.weight.T + here * nn_only.lin.bias
    z = nn.functional.layer_norm(z, (4,), nn_only.norm.weight) + here * nn_only.norm.bias
    torch.testing.assert_close(found, z + here * nn_only.bias)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin, self.norm = nn.Linear(5, 4), nn.LayerNorm(4)
        self.bias, self.out_channels = nn.Parameter(torch.ones(4)), 4

    def forward(self, x, edge_index):
        return self.bias + self.norm(self.lin(x))
