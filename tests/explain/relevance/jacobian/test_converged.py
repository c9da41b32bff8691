"""Gaps of integrals, and what of them is rounding."""

import pytest
import torch

from pyg_siamex.explain.relevance.jacobian.converged import relative_gaps, rounding


def test_a_gap_is_what_is_missing_of_the_change():
    h = torch.tensor([[3.0, 4.0], [1.0, 0.0]], dtype=torch.double)
    start = torch.zeros_like(h)
    carried = torch.tensor([[3.0, 3.0], [1.0, 0.0]], dtype=torch.double)
    assert relative_gaps(h, start, carried).tolist() == pytest.approx([1 / 5, 0])


@pytest.mark.parametrize(("dtype", "unit"), [(torch.double, 1e-12), (torch.float, 5e-7)])
def test_a_gap_within_rounding_is_none(dtype, unit):
    h, start = torch.tensor([[1000.0]], dtype=dtype), torch.tensor([[999.0]], dtype=dtype)
    assert rounding(h, start).item() == pytest.approx(unit * 1999)
    for part, expected in [(0.25, 0), (8, 1)]:
        gap = relative_gaps(h, start, h - start + part * unit * 1999)
        assert (gap > 0).long().item() == expected


def test_a_graph_that_does_not_move_misses_nothing():
    h = torch.ones(1, 3, dtype=torch.double)
    assert relative_gaps(h, h, torch.zeros_like(h)).item() == 0
