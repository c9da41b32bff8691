"""The Euclidean and the Gaussian head against their formulas and automatic differentiation."""

import math

import pytest
import torch

from pyg_siamex.nn import EuclideanSimilarity, RBFSimilarity

D = torch.double


def test_equal_their_formulas():
    a, b = torch.tensor([[3.0, 4.0]]), torch.tensor([[1.0, 0.0]])
    assert EuclideanSimilarity()(a, b).item() == pytest.approx(-(2**2 + 4**2))
    assert RBFSimilarity(gamma=0.1)(a, b).item() == pytest.approx(math.exp(-2))
    with pytest.raises(ValueError, match="gamma must be above 0"):
        RBFSimilarity(0)


@pytest.mark.parametrize("head", [EuclideanSimilarity(), RBFSimilarity(0.3)])
def test_the_product_form_gives_the_similarity_or_its_logarithm(head):
    a, b = torch.randn(2, 6, 4, dtype=D)
    form = head.product_form()
    value = form.scale * (a * b).sum(-1) + form.self_scale * (a.square() + b.square()).sum(-1)
    expected = head(a, b) if form.exact else head(a, b).log()
    torch.testing.assert_close(value, expected)


def test_the_mixed_derivatives_are_those_of_autograd():
    head = RBFSimilarity(0.3)
    h_q, h_r = torch.randn(3, 4, dtype=D), torch.randn(2, 4, dtype=D)
    p_q, p_r = torch.randn(3, 4, 5, dtype=D), torch.randn(2, 4, 6, dtype=D)
    expected = torch.zeros(5, 6, dtype=D)
    for a, left in zip(h_q, p_q, strict=True):
        for b, right in zip(h_r, p_r, strict=True):
            hessian = torch.autograd.functional.hessian(lambda x, y: head(x, y), (a, b))
            expected += left.T @ hessian[0][1] @ right
    torch.testing.assert_close(head.mixed_products((h_q, p_q), (h_r, p_r)), expected)
