"""Products of integrated Jacobians with vectors against the matrices themselves."""

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Batch
from torch_geometric.nn import GCN

from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance import Integration, jacobian_factors
from pyg_siamex.explain.relevance import Path as InputPath
from pyg_siamex.explain.relevance.jacobian import points
from pyg_siamex.explain.relevance.jacobian.along_path import AlongPath


@pytest.mark.parametrize("budget", [None, 16])
def test_both_directions_are_products_with_the_factors(budget, monkeypatch):
    if budget:
        monkeypatch.setattr(points, "_POINT_BUDGET", budget)  # points in chunks
    model = siamese(GCN(5, 8, 2, act="tanh"))
    inputs = model.inputs(Batch.from_data_list([random_graph(0), random_graph(1, 4)]))
    path, integration = InputPath(), Integration(5)
    factors, _, _ = jacobian_factors(model, inputs, path, integration)
    seeds = torch.randn(2, 2, 8, dtype=torch.double)
    with untouched(model):
        along = AlongPath(model, inputs, path, integration.points)
        carried = along.carried()["node"]
        pulled = along.pulled([{"node": seed} for seed in seeds])
    torch.testing.assert_close(carried, factors.sums())
    for seed, found in zip(seeds, pulled, strict=True):
        parts = [factors[k].T @ seed[k] for k in range(2)]
        torch.testing.assert_close(found["node"].flatten(), torch.cat(parts).flatten())
