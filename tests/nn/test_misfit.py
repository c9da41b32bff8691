import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import SiameseGNN

EDGES = torch.tensor([[0, 1], [1, 2]])


@pytest.mark.parametrize("encoder", [GIN, GCN])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.rand(3, 4).double(), r"computes in torch.float32 and x is torch.float64: convert"),
        (torch.rand(3, 7), "takes 4 node features, and the graphs have 7"),
        (torch.rand(3), r"must be \[num_nodes, num_features\], and x is \[3\]"),
        (torch.rand(3, 4, 2), r"and x is \[3, 4, 2\]"),
    ],
)
def test_what_an_encoder_cannot_read_is_told_in_words(encoder, x, message):
    model = SiameseGNN(encoder(4, 8, 2))
    with pytest.raises(ValueError, match=f"the encoder cannot read the graphs: .*{message}"):
        model.embed(Data(x=x, edge_index=EDGES))


def test_integers_are_converted_by_the_user():
    with pytest.raises(ValueError, match=r"x is torch.int64: convert it, graph.x = graph.x.float"):
        SiameseGNN(GCN(4, 8, 2)).embed(Data(x=torch.ones(3, 4).long(), edge_index=EDGES))


def test_other_errors_stay_as_they_are():
    class Broken(torch.nn.Module):
        def forward(self, x, edge_index):
            raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError, match="out of luck"):
        SiameseGNN(Broken()).embed(Data(x=torch.rand(3, 4), edge_index=EDGES))
