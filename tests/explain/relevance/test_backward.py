import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.nn import GAT

from pyg_siamex.explain.relevance import jacobian_factors


def test_vectorised_and_looped_passes_agree(monkeypatch):
    torch.manual_seed(0)
    model = siamese(GAT(5, 8, 2, heads=2))
    inputs = model.inputs(random_graph(1))
    fast, _, _ = jacobian_factors(model, inputs)
    monkeypatch.setattr("pyg_siamex.explain.relevance.backward.SMALL", 0)
    slow, _, _ = jacobian_factors(model, inputs)
    torch.testing.assert_close(fast.node, slow.node, rtol=1e-12, atol=1e-14)
