"""A model that was trained elsewhere gets what fit gives its own."""

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn.training import finish, pair_similarities


def test_calibration_and_references_are_of_the_final_weights():
    torch.manual_seed(0)
    graphs = [
        Data(
            x=torch.randn(3, 4) + 2 * (k % 2),
            edge_index=torch.tensor([[0, 1], [1, 0]]),
            y=torch.tensor(k % 2),
        )
        for k in range(40)
    ]
    learn, validation = PairDataset(graphs).split((0.5, 0.5))
    model = SiameseGNN(GIN(4, 8, 2), similarity="euclidean").train()
    finish(model, learn, validation, seed=3)
    assert not model.training and model.references.match(model)
    assert len(model.references.embeddings) == len(learn.graphs)  # of at most 20
    probability = model.calibration(pair_similarities(model, validation)).sigmoid()
    alike = validation.target == 1
    assert probability[alike].mean() > probability[~alike].mean() + 0.1


def test_scores_leave_the_calibration_alone():
    graphs = [Data(x=torch.ones(2, 4), edge_index=torch.tensor([[0], [1]])) for _ in range(4)]
    pairs = PairDataset.from_pairs(graphs, [(0, 1), (2, 3)], [0.3, 0.6])
    model = SiameseGNN(GIN(4, 8, 1))
    before = model.calibration.state_dict()
    finish(model, pairs, pairs)
    assert all(torch.equal(value, before[name]) for name, value in before.items())
