"""What a population shares is learned from training graphs and used for graphs that come later."""

import torch
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, SelfLearned, SiameseGNN
from pyg_siamex.datasets import PlantedConnectomes
from pyg_siamex.explain import SharedInvariance
from pyg_siamex.recipe.population import keep_invariance

EDGES = {"edge_mask_type": "object", "undirected": True}


def test_new_subjects_follow_the_training_subjects():
    subjects = list(PlantedConnectomes(16, density=0.01))
    torch.manual_seed(0)
    model = SiameseGNN(GIN(subjects[0].x.size(1), 8, 2)).eval()
    keep_invariance(model, subjects[:14], 3, **EDGES)
    learned = SharedInvariance.learn(model, subjects[:14], 12, subjects=12, seed=3, **EDGES)
    pair = subjects[14:]
    found = PairExplainer(model, SelfLearned(), **EDGES)(*pair)
    expected = PairExplainer(model, SelfLearned(invariance=learned), **EDGES)(*pair)
    assert found.info["invariance"] == "kept with the model"
    assert torch.equal(found.query.edge_mask, expected.query.edge_mask)
