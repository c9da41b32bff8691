import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import RoiGCN
from pyg_siamex.nn.roi_variance import mean_variance


def graphs(scale, count=200):
    torch.manual_seed(0)
    ends = torch.tensor([[0, 1], [1, 0]])
    return [
        Data(torch.eye(3), ends, edge_weight=scale * torch.randn(1).repeat(2)) for _ in range(count)
    ]


@pytest.mark.parametrize("scale", [0.01, 1.0, 300.0])
def test_the_variance_of_what_varies_follows_the_unit(scale):
    given = graphs(scale)
    weights = torch.stack([data.edge_weight[0] for data in given]).double()
    found = mean_variance(SiameseGNN(RoiGCN(3), pool="add"), given, 3)
    assert found == pytest.approx(float(weights.var(unbiased=False)), rel=1e-4)


def test_equal_graphs_do_not_vary():
    given = graphs(1.0, 1) * 4
    assert mean_variance(SiameseGNN(RoiGCN(3), pool="add"), given, 3) == 0
