"""Edge masks follow renumbered edges and do not act on unmasked ones."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import Tensor, nn
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


@pytest.mark.parametrize("masked", [True, False])
def test_masks_follow_renumbered_edges_alone(masked: bool) -> None:
    torch.manual_seed(0)
    turned = SiameseGNN(Turned(masked))
    plain = SiameseGNN(turned.encoder.conv)
    graphs = [random_graph(6, 1), random_graph(5, 2)]
    pair = [type(graph)(x=graph.x, edge_index=graph.edge_index) for graph in graphs]
    found, expected = (
        PairExplainer(model, Occlusion(), edge_mask_type="object")(*pair).query.edge_mask
        for model in (turned, plain)
    )
    torch.testing.assert_close(found, expected if masked else torch.zeros_like(expected))
