"""The similarity as a function of one graph is the model's."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.from_pyg.cached import CachedOther


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("shuffled", [False, True])
def test_it_is_the_models_similarity(turned, shuffled):
    class Ordered(torch.nn.Module):
        """A head that tells the sides apart."""

        def forward(self, a, b):
            return (a * b).sum(-1) + a[..., 0]

    model = SiameseGNN(GIN(FEATURES, 8, 2), "add", Ordered()).eval()
    graph, other = random_graph(6, 1), random_graph(5, 2)
    order = torch.randperm(graph.num_edges) if shuffled else None
    with untouched(model):
        view = CachedOther(model, model.inputs(graph), model.inputs(other), turned, order)
        found = view(view.x, view.union.edge_index)
        pair = (other, graph) if turned else (graph, other)
        torch.testing.assert_close(found, model(*pair))
        twice = view(2 * view.x, view.union.edge_index)
    graph.x = 2 * graph.x
    pair = (other, graph) if turned else (graph, other)
    torch.testing.assert_close(twice, model(*pair).detach(), rtol=1e-4, atol=1e-5)
