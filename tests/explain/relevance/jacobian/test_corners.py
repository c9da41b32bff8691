import pytest
import torch

from pyg_siamex.explain.relevance.jacobian.corners import corner_gap, corner_terms, corners
from pyg_siamex.nn import DotSimilarity


def test_corners_are_the_heads_values():
    q, r, q0, r0 = torch.randn(4, 3, dtype=torch.float64)
    found = corners(DotSimilarity(), (q, r), (q0, r0))
    pairs = {"f_qr": (q, r), "f_0r": (q0, r), "f_q0": (q, r0), "f_00": (q0, r0)}
    assert found == pytest.approx({name: float(a @ b) for name, (a, b) in pairs.items()})


def test_factors_that_carry_their_path_are_complete():
    """Each graph has one node, which carries h - h0; the dot head is bilinear."""
    h, start = torch.randn(2, 2, 3, dtype=torch.float64)
    query, reference = (
        {"embedding": h[k], "start": start[k], "node": h[k] - start[k]} for k in range(2)
    )
    (form,) = DotSimilarity().product_form().pairs(h[:1], h[1:])
    terms = corner_terms(form, query, reference)
    assert terms["sum"] == pytest.approx(float((h[0] - start[0]) @ (h[1] - start[1])))
    assert corner_gap(terms) < 1e-12


def test_a_gap_is_relative_to_the_right_side():
    terms = {"f_qr": 3.0, "f_0r": 1.0, "f_q0": 1.0, "f_00": 1.0, "sum": 1.5}
    assert corner_gap(terms) == pytest.approx(0.25)
    nothing = dict.fromkeys(terms, 0.0)
    assert corner_gap(nothing) == 0.0
    assert corner_gap({**nothing, "sum": 1.0}) == float("inf")
