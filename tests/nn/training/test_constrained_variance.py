import numpy as np
import pytest
import torch
from graphs import FEATURES
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.training import ConstrainedVariance

LABELS = torch.tensor([0, 0, 0, 1, 1])
TARGET = (LABELS[:, None] == LABELS[None]).float()


def model(similarity="dot"):
    return SiameseGNN(GIN(FEATURES, 4, 1), similarity=similarity)


def by_hand(h, target, margin, variance, weight):
    rows, columns = np.triu_indices(len(h), 1)
    s = (h @ h.T)[rows, columns]
    alike, unlike = s[target[rows, columns] == 1], s[target[rows, columns] == 0]
    return (
        max(0, alike.var() - variance)
        + max(0, unlike.var() - variance)
        + weight * max(0, margin - (alike.mean() - unlike.mean()))
    )


@given(
    seed=st.integers(0, 100),
    margin=st.floats(0.1, 3),
    variance=st.sampled_from([0.0, 0.1, 1.0]),
    weight=st.floats(0.1, 2),
)
@settings(max_examples=40, deadline=None)
def test_equals_the_papers_formula(seed, margin, variance, weight):
    h = torch.randn(5, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.double)
    loss = ConstrainedVariance(margin, variance, weight)(model(), h, TARGET)
    expected = by_hand(h.numpy(), TARGET.numpy(), margin, variance, weight)
    assert loss.item() == pytest.approx(expected, abs=1e-9)


def test_is_zero_when_the_groups_are_narrow_and_apart():
    h = torch.tensor([[1.0, 0.0]] * 3 + [[0.0, 1.0]] * 2)
    assert ConstrainedVariance()(model(), h, TARGET).item() == 0


def test_variance_below_the_bound_is_free():
    h = torch.randn(5, 3) * 0.1
    free = ConstrainedVariance(variance=1.0)(model(), h, TARGET)
    punished = ConstrainedVariance(variance=0.0)(model(), h, TARGET)
    assert punished > free


def test_descent_sets_the_groups_apart():
    h = (torch.randn(5, 3) * 0.3).requires_grad_()
    loss, siamese = ConstrainedVariance(), model()
    optimiser = torch.optim.Adam([h], lr=0.05)
    for _ in range(200):
        optimiser.zero_grad()
        loss(siamese, h, TARGET).backward()
        optimiser.step()
    assert loss(siamese, h, TARGET).item() < 1e-3


def test_a_kind_of_pair_that_is_absent_adds_nothing():
    h = torch.randn(3, 3, dtype=torch.double)
    loss = ConstrainedVariance(variance=0.0)(model(), h, torch.ones(3, 3))
    s = (h @ h.T)[tuple(np.triu_indices(3, 1))]
    assert loss.item() == pytest.approx(s.var(correction=0).item())


def test_unknown_pairs_are_left_out():
    h, target = torch.randn(5, 3), TARGET.clone()
    target[:, 4] = target[4, :] = float("nan")
    known = ConstrainedVariance()(model(), h[:4], TARGET[:4, :4])
    assert ConstrainedVariance()(model(), h, target).item() == pytest.approx(known.item())


def test_bad_numbers_and_targets_are_refused():
    with pytest.raises(ValueError, match="must be above 0"):
        ConstrainedVariance(margin=0)
    with pytest.raises(ValueError, match="variance must be at least 0"):
        ConstrainedVariance(variance=-1)
    with pytest.raises(ValueError, match="targets 0 and 1"):
        ConstrainedVariance()(model(), torch.randn(2, 3), torch.full((2, 2), 0.5))
