"""Running statistics are plain averages over the batches, as if all had been seen at once."""

from types import SimpleNamespace

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.nn import BatchNorm

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn.training.batch_norm import RecomputeBatchNorm
from pyg_siamex.nn.training.batches import training_batches
from pyg_siamex.nn.training.module import PairTraining


class Normed(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = BatchNorm(3, momentum=0.1)

    def forward(self, x, edge_index):
        return self.norm(x)


@pytest.mark.parametrize("sanity", [False, True])
def test_statistics_are_averages_of_the_batches(sanity):
    none = torch.empty(2, 0, dtype=torch.long)
    graphs = [
        Data(x=torch.randn(4, 3) + k, edge_index=none, y=torch.tensor(k % 2)) for k in range(6)
    ]
    pairs = PairDataset(graphs)
    model = SiameseGNN(Normed(), pool="add")
    module = PairTraining(model)
    layer = model.encoder.norm.module
    loader = training_batches(pairs, 3, seed=0)
    trainer = SimpleNamespace(world_size=1, sanity_checking=sanity, train_dataloader=list(loader))
    model.eval()
    RecomputeBatchNorm().on_validation_start(trainer, module)
    batches = [batch.graphs.x for batch in trainer.train_dataloader]
    mean = torch.stack([x.mean(0) for x in batches]).mean(0)
    variance = torch.stack([x.var(0) for x in batches]).mean(0)
    expected = (torch.zeros(3), torch.ones(3)) if sanity else (mean, variance)
    torch.testing.assert_close(layer.running_mean, expected[0])
    torch.testing.assert_close(layer.running_var, expected[1])
    assert layer.momentum == 0.1 and not layer.training
