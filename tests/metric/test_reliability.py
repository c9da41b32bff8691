import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from pyg_siamex.metric.reliability import reliability


def test_bins_brier_score_and_error_by_hand():
    p = torch.tensor([0.05, 0.05, 0.95, 0.95, 0.95, 1.0])
    alike = torch.tensor([0.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    found = reliability(p, alike)
    rows = [(b.low, b.high, b.pairs, round(b.claimed, 3), round(b.found, 3)) for b in found.bins]
    assert rows == [
        (0.0, 0.1, 2, 0.05, 0.5),
        (0.9, 0.99, 3, 0.95, 0.667),
        (0.99, 1.0, 1, 1.0, 1.0),
    ]
    assert found.brier == pytest.approx(brier_score_loss(alike, p))
    assert found.error == pytest.approx((2 * 0.45 + 3 * (0.95 - 2 / 3)) / 6)
    assert found.brier_of_share == pytest.approx(2 / 3 * 1 / 3)


@given(st.integers(0, 30))
def test_true_probabilities_are_reliable(seed):
    torch.manual_seed(seed)
    p = torch.rand(20000)
    found = reliability(p, (torch.rand(20000) < p).float())
    assert found.error < 0.03 and found.brier < found.brier_of_share
    assert sum(one.pairs for one in found.bins) == 20000


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        reliability(torch.tensor([1.2]), torch.tensor([1.0]))
    with pytest.raises(ValueError, match="per pair"):
        reliability(torch.tensor([]), torch.tensor([]))
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        reliability(torch.tensor([float("nan")]), torch.tensor([1.0]))


def test_one_number_that_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="probabilities must be in"):
        reliability(torch.tensor([0.5, 1.5]), torch.tensor([1.0, 0.0]))
