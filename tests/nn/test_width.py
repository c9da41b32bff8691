"""Layers refuse features of another width than they were built for."""

import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import GINE, PopulationGCN, RoiGCN, RoiReadout, WeightedGCN
from pyg_siamex.nn.width import check_width

EDGES = torch.tensor([[0, 1], [1, 0]])
LAYERS = {
    "RoiGCN": lambda x: RoiGCN(5)(x, EDGES),
    "RoiGCN by name": lambda x: RoiGCN(5)(x=x, edge_index=EDGES),
    "WeightedGCN": lambda x: WeightedGCN(5, 4, 1)(x, EDGES),
    "GINE": lambda x: GINE(5, 4, 1)(x, EDGES, edge_attr=torch.ones(2, 5)),
    "PopulationGCN": lambda x: PopulationGCN(5, 4, 1, num_rois=6, edge_index=EDGES)(x, EDGES),
    "RoiReadout": lambda x: RoiReadout(6, 5, 2).eval()(x, torch.zeros(6, dtype=torch.long)),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("width", [1, 4, 6])
def test_features_of_another_width_are_refused(name, width):
    kind = name.split()[0]
    with pytest.raises(ValueError, match=f"{kind} takes 5 node features, and x has {width}"):
        LAYERS[name](torch.rand(6, width))


@pytest.mark.parametrize("name", LAYERS)
def test_features_of_the_width_are_taken(name):
    assert len(LAYERS[name](torch.rand(6, 5)))


def test_a_width_that_is_learned_is_free():
    assert WeightedGCN(-1, 4, 1)(torch.rand(6, 3), EDGES).shape == (6, 4)


def test_anything_else_is_left_to_the_layer():
    for x in (None, "x", torch.rand(3), torch.rand(2, 3, 4)):
        check_width(torch.nn.Identity(), 5, x)


def test_a_model_tells_it_of_the_graphs():
    model = SiameseGNN(RoiGCN(5))
    with pytest.raises(ValueError, match=r"cannot read the graphs: .* takes 5 node .* have 6"):
        model.embed(Data(x=torch.eye(6), edge_index=EDGES))
