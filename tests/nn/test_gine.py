"""GIN with edge features."""

import pytest
import torch
from graphs import random_graph
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import GINE


def test_one_layer_is_its_formula():
    graph = random_graph(5, 0)
    gnn = GINE(5, 4, 1, edge_dim=3).eval()
    conv = gnn.convs[0]
    row, col = graph.edge_index
    with torch.no_grad():
        messages = (graph.x[row] + conv.lin(graph.edge_attr)).relu()
        collected = torch.zeros_like(graph.x).index_add(0, col, messages)
        expected = conv.nn((1 + conv.eps) * graph.x + collected)
        found = gnn(graph.x, graph.edge_index, edge_attr=graph.edge_attr)
    assert torch.allclose(found, expected, atol=1e-6)
    assert gnn.supports_edge_attr and not gnn.supports_edge_weight


@pytest.mark.parametrize("edges", [2, 3])
@pytest.mark.parametrize("edge_dim", [2, None])
def test_features_of_edges_in_a_row_are_refused(edges, edge_dim):
    index = torch.tensor([[0, 1, 2], [1, 2, 0]])[:, :edges]
    encoder, row = GINE(2, 4, 1, edge_dim=edge_dim), torch.rand(edges)
    with pytest.raises(ValueError, match=rf"edge_attr must be .*\[{edges}\]: use edge_attr.view"):
        encoder(torch.rand(3, 2), index, edge_attr=row)
    with pytest.raises(ValueError, match=r"cannot read the graphs: edge_attr must be .*view"):
        SiameseGNN(encoder).embed(Data(x=torch.rand(3, 2), edge_index=index, edge_attr=row))
