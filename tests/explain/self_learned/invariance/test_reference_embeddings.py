"""Graphs are embedded as the model embeds them."""

import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.self_learned.invariance.reference_embeddings import embed

POOL = [random_graph(4 + k, k) for k in range(6)]


def test_embeddings_are_the_models_and_leave_it_in_training():
    model = SiameseGNN(GIN(FEATURES, 8, 2, norm="batch_norm", dropout=0.5), "add")
    found = embed(model, POOL)
    assert model.training and not found.requires_grad
    model.eval()
    expected = torch.cat([model.embed(graph) for graph in POOL])
    torch.testing.assert_close(found, expected.detach())
