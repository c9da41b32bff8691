"""Platt scaling recovers a logistic relation, and keeps models that learned the reverse."""

import math

import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn.training.calibrate import calibrate


class Itself(torch.nn.Module):
    def forward(self, x, edge_index):
        return x


def pairs(slope, shift, count=4000):
    """Pairs whose dot product s is alike with probability sigmoid(slope s + shift)."""
    torch.manual_seed(0)
    none = torch.empty(2, 0, dtype=torch.long)
    values = torch.rand(200) * 4 - 2
    graphs = [Data(x=torch.tensor([[1.0, float(v)]]), edge_index=none) for v in values]
    index = torch.combinations(torch.arange(200))
    index = index[torch.randperm(len(index))[:count]]
    s = 1 + values[index[:, 0]] * values[index[:, 1]]
    target = (torch.rand(count) < torch.sigmoid(slope * s + shift)).float()
    return PairDataset.from_pairs(graphs, index, target)


def fitted(given):
    model = SiameseGNN(Itself(), pool="add", similarity="dot")
    calibrate(model, given)
    return math.exp(model.calibration.log_slope.item()), model.calibration.shift.item()


def test_slope_and_shift_are_found():
    given = pairs(1.5, -1.0)
    slope, shift = fitted(given)
    positive = float(given.target.mean())
    # both kinds weigh the same, which moves the logit by that of the share of alike pairs
    assert slope == pytest.approx(1.5, abs=0.15)
    assert shift == pytest.approx(-1.0 - math.log(positive / (1 - positive)), abs=0.2)


def test_a_reverse_relation_changes_nothing():
    model = SiameseGNN(Itself(), pool="add", similarity="dot")
    before = [parameter.item() for parameter in model.calibration.parameters()]
    calibrate(model, pairs(-1.5, 1.0))
    assert [parameter.item() for parameter in model.calibration.parameters()] == before
