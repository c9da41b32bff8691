"""Edge masks follow renumbered edges and do not act on unmasked ones."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.nn.renumber import renumbered, unmasked


def test_edges_get_the_new_numbers_of_their_nodes() -> None:
    edges = torch.tensor([[0, 2, 1], [1, 0, 2]])
    assert renumbered(edges, torch.tensor([5, 3, 4])).tolist() == [[5, 4, 3], [3, 5, 4]]
    copy = unmasked(edges)
    assert torch.equal(copy, edges) and copy.data_ptr() != edges.data_ptr()


class Turned(nn.Module):
    """A convolution on nodes in reverse order."""

    def __init__(self, masked: bool) -> None:
        super().__init__()
        self.masked, self.conv = masked, GCNConv(FEATURES, 4)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        place = torch.arange(len(x) - 1, -1, -1)
        edges = renumbered(edge_index, place)
        return self.conv(x[place], edges if self.masked else unmasked(edges))[place]


def pair():
    graphs = [random_graph(6, 1, torch.double), random_graph(5, 2, torch.double)]
    return [Data(x=graph.x, edge_index=graph.edge_index) for graph in graphs]


def test_masks_follow_renumbered_edges() -> None:
    torch.manual_seed(0)
    turned = SiameseGNN(Turned(masked=True).double())
    plain = SiameseGNN(turned.encoder.conv)
    found, expected = (
        PairExplainer(model, Occlusion(), edge_mask_type="object")(*pair()).query.edge_mask
        for model in (turned, plain)
    )
    torch.testing.assert_close(found, expected)


def test_no_mask_acts_on_unmasked_edges() -> None:
    model = SiameseGNN(Turned(masked=False).double())
    with pytest.raises(ValueError, match="where no edge mask acts"):
        PairExplainer(model, Occlusion(), edge_mask_type="object")(*pair())
