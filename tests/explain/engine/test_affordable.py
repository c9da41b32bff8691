"""Leave-outs that would take days are refused before they start."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SelfLearned, SiameseGNN
from pyg_siamex.explain import ShapleySampling
from pyg_siamex.explain.engine import affordable


@pytest.fixture
def pair():
    return random_graph(9, 1), random_graph(7, 2)


@pytest.mark.parametrize("algorithm", [Occlusion(), SelfLearned(), ShapleySampling(3)])
def test_the_bound_is_on_what_goes_through_the_encoder(algorithm, pair, monkeypatch):
    torch.manual_seed(0)
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    for graph in pair:
        del graph.edge_attr
    steps = sum(graph.num_edges * (graph.num_nodes + graph.num_edges) for graph in pair)
    steps *= 3 if isinstance(algorithm, ShapleySampling) else 1
    explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    monkeypatch.setattr(affordable, "MOST_STEPS", steps)
    explainer(*pair)
    monkeypatch.setattr(affordable, "MOST_STEPS", steps - 1)
    with pytest.raises(ValueError, match=r"leaving out \d+ elements one by one.*by gradients"):
        explainer(*pair)
