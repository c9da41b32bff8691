"""Platt scaling recovers a logistic relation, and keeps models that learned the reverse."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn.training import finish
from pyg_siamex.nn.training.calibrate import calibrate, frequency_calibration


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


def held_out(slope, shift, count=20000, seed=0):
    torch.manual_seed(seed)
    s = torch.rand(count) * 2 - 1
    return s, (torch.rand(count) < torch.sigmoid(slope * s + shift)).double()


@pytest.mark.parametrize(("slope", "shift"), [(3.0, -2.0), (6.0, 1.0)])
def test_frequencies_of_alike_pairs_are_found(slope, shift):
    s, alike = held_out(slope, shift)
    line = frequency_calibration(s, alike, graphs=10**6)
    assert math.exp(line.log_slope.item()) == pytest.approx(slope, rel=0.1)
    assert line.shift.item() == pytest.approx(shift, abs=0.15)
    share = float(alike.mean())
    assert line.prior.item() == pytest.approx(math.log(share / (1 - share)), abs=1e-5)


@given(st.integers(2, 400), st.integers(0, 20))
def test_few_graphs_never_make_a_probability_certain(graphs, seed):
    torch.manual_seed(seed)
    alike = torch.arange(40) % 2
    s = alike + 0.01 * torch.rand(40)  # told apart without an error
    p = frequency_calibration(s, alike, graphs)(s).sigmoid().detach()
    assert float(p[alike == 1].mean()) == pytest.approx((graphs + 1) / (graphs + 2), abs=0.01)


@pytest.mark.parametrize("slope", [0.0, -4.0])
def test_a_similarity_that_says_nothing_gives_everybody_the_share(slope):
    s, alike = held_out(slope, -1.0, 400, seed=3)
    if slope == 0.0:
        alike = alike[s.argsort()].flip(0)[s.argsort().argsort()]  # at best the reverse
    p = frequency_calibration(s, alike, 100)(s).sigmoid().detach()
    assert torch.allclose(p, alike.mean().float(), atol=1e-4) or float(p.std()) < 0.05


def test_one_kind_of_pairs_is_refused():
    with pytest.raises(ValueError, match="one kind"):
        frequency_calibration(torch.rand(5), torch.ones(5), 5)


@pytest.mark.parametrize("kept", ["no known target", "1.0", "0.0"])
def test_pairs_of_one_kind_make_no_calibration(kept):
    graphs = [
        Data(x=torch.ones(2, 1) * k, edge_index=torch.zeros(2, 1).long(), y=k % 2) for k in range(6)
    ]
    pairs = PairDataset(graphs)
    if kept == "no known target":
        pairs = PairDataset.unlabelled(graphs)
    else:
        pairs = pairs[pairs.target == float(kept)]
    model = SiameseGNN(GIN(1, 4, 1), "add", "dot").eval()
    with pytest.raises(ValueError, match=f"a calibration needs .*{kept}"):
        finish(model, pairs, pairs)
