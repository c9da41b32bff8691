"""Numbers of edges in a row are refused by layers of PyG that take features of edges."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GINEConv, RGCNConv, TransformerConv

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.nn.flat_edges import no_flat_edges

EDGES = torch.tensor([[0, 1, 2], [1, 2, 0]])
LAYERS = {
    "GINE": lambda width: GINEConv(nn.Linear(2, 4), edge_dim=width),
    "Transformer": lambda width: TransformerConv(2, 4, edge_dim=width),
}


def graph(**values):
    return Data(x=torch.rand(3, 2), edge_index=EDGES, **values)


class Reshapes(nn.Module):
    """Takes numbers of edges in a row, and makes features of them."""

    def __init__(self):
        super().__init__()
        self.layer = LAYERS["GINE"](1)

    def forward(self, x, edge_index, edge_attr):
        return self.layer(x, edge_index, edge_attr.view(-1, 1))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("edges", [2, 3])
def test_as_many_edges_as_features_are_no_features_of_an_edge(layer, edges):
    model, row = SiameseGNN(LAYERS[layer](3), "add"), torch.rand(edges)
    made = graph(edge_attr=row)
    made.edge_index = EDGES[:, :edges]
    doors = [
        lambda: model(made, made),
        lambda: PairExplainer(model, Occlusion(), edge_mask_type="object")(made, made),
    ]
    for door in doors:
        with pytest.raises(ValueError, match=r"edge_attr must be .*\]"):
            door()
    assert not any(module._forward_pre_hooks for module in model.modules())


def test_features_and_encoders_that_make_them_are_taken():
    for encoder, value in ((LAYERS["GINE"](3), torch.rand(3, 3)), (Reshapes(), torch.rand(3))):
        made = graph(edge_attr=value)
        assert SiameseGNN(encoder, "add")(made, made).shape == (1,)
    with no_flat_edges(nn.Linear(3, 1), {"edge_attr": torch.rand(3), "edge_weight": None}):
        pass


@pytest.mark.parametrize(("columns", "way"), [(1, r"edge_type.view\(-1\)"), (2, "one of its")])
def test_types_of_edges_in_columns_are_named(columns, way):
    made = graph(edge_type=torch.zeros(3, columns, dtype=torch.long))
    with pytest.raises(ValueError, match=rf"edge_type must be .* is \[3, {columns}\]: use {way}"):
        SiameseGNN(RGCNConv(2, 4, 2), "add")(made, made)
