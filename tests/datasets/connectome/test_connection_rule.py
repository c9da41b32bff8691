import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome import AtLeast, Density, NearestNeighbours, Nonzero

SMALL = torch.tensor(
    [
        [0.0, 0.9, 0.2, 0.0],
        [0.9, 0.0, 0.5, 0.4],
        [0.2, 0.5, 0.0, 0.3],
        [0.0, 0.4, 0.3, 0.0],
    ]
)


def pairs(keep):
    return [tuple(pair) for pair in keep.triu().nonzero().tolist()]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Nonzero(), [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]),
        (Density(0.5), [(0, 1), (1, 2), (1, 3)]),
        (Density(1.0), [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]),
        (Density(0.01), [(0, 1)]),
        (AtLeast(0.4), [(0, 1), (1, 2), (1, 3)]),
        (AtLeast(0), [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]),
        (NearestNeighbours(1), [(0, 1), (1, 2), (1, 3)]),
        (NearestNeighbours(9), [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]),
    ],
)
def test_kept_connections_by_hand(rule, expected):
    assert pairs(rule.keep(SMALL)) == expected


@settings(max_examples=40, deadline=None)
@given(size=st.integers(2, 12), seed=st.integers(0, 99), ties=st.booleans())
def test_kept_connections_are_symmetric_without_loops_or_zeros(size, seed, ties):
    strength = torch.rand(size, size, generator=torch.Generator().manual_seed(seed))
    strength = (strength * 3).round() if ties else strength
    strength = strength.triu(1) + strength.triu(1).T
    for rule in (Nonzero(), Density(0.3), AtLeast(0.5), NearestNeighbours(2)):
        keep = rule.keep(strength)
        assert torch.equal(keep, keep.T)
        assert not keep.diagonal().any() and (strength[keep] > 0).all()
    kept = int(Density(0.3).keep(strength).sum()) // 2
    possible = size * (size - 1) // 2
    assert kept == min(max(1, round(0.3 * possible)), int((strength > 0).sum()) // 2)
    connected = (strength > 0).any(1)
    assert torch.equal(NearestNeighbours(2).keep(strength).any(1), connected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Density(0), "density must be in"),
        (lambda: Density(1.1), "got 1.1"),
        (lambda: AtLeast(-0.1), "at least 0, and finite"),
        (lambda: AtLeast(float("nan")), "finite"),
        (lambda: NearestNeighbours(0), "k must be at least 1"),
    ],
)
def test_thresholds_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "rule", [Nonzero(), Density(0.5), AtLeast(0.1), NearestNeighbours(1)], ids=lambda r: repr(r)
)
@pytest.mark.parametrize(
    ("strength", "error", "message"),
    [
        (SMALL * float("nan"), ValueError, "must hold numbers from 0 .got NaN"),
        (-SMALL, ValueError, "must hold numbers from 0 .got -0.9"),
        (SMALL[:, :3], ValueError, "must be a square matrix"),
        (SMALL[0], ValueError, "must be a square matrix"),
        (SMALL.triu(), ValueError, "must be symmetric"),
        (SMALL.numpy(), TypeError, "`strength` must be"),
        (SMALL + torch.eye(len(SMALL)), ValueError, "must be 0 on its diagonal"),
    ],
    ids=["nan", "negative", "wide", "row", "triangle", "array", "diagonal"],
)
def test_rules_take_matrices_of_strengths(rule, strength, error, message):
    with pytest.raises(error, match=message):
        rule.keep(strength)
