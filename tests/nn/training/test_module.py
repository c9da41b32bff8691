"""What the training module logs and refuses."""

import pytest
import torch
from scipy.stats import spearmanr
from torch_geometric.data import Batch, Data

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn.training.batches import GraphBatch
from pyg_siamex.nn.training.loss import loss_resolver
from pyg_siamex.nn.training.module import PairTraining, _correlation, is_binary

NONE = torch.empty(2, 0, dtype=torch.long)
GRAPHS = [Data(x=torch.randn(2, 3), edge_index=NONE, y=torch.tensor(k % 2)) for k in range(4)]


def test_targets_of_0_and_1_are_binary():
    listed = PairDataset.from_pairs
    assert is_binary(PairDataset(GRAPHS)) and is_binary(listed(GRAPHS, [[0, 1]], [1.0]))
    assert is_binary(listed(GRAPHS, [[0, 1]])) and not is_binary(listed(GRAPHS, [[0, 1]], [0.5]))


def test_the_correlation_is_spearmans_over_known_targets():
    s, target = torch.randn(9), torch.randn(9)
    expected = spearmanr(s[2:], target[2:]).statistic
    target[:2] = float("nan")
    assert _correlation(s, target) == pytest.approx(expected)
    assert _correlation(torch.ones(9), target) == 0.0  # no order at all


def test_a_loss_that_is_not_finite_stops_the_training():
    class Broken(torch.nn.Module):
        def forward(self, x, edge_index):
            return x * float("inf")

    model = SiameseGNN(Broken(), pool="add", similarity="dot")
    training = PairTraining(
        model, loss_resolver("bce", model.similarity), PairDataset(GRAPHS), 1e-3, 0.0
    )
    batch = GraphBatch(Batch.from_data_list(GRAPHS), torch.eye(4))
    with pytest.raises(ValueError, match=r"the loss became .* in epoch 0: .*lr \(now 0.001\)"):
        training.training_step(batch, 0)
