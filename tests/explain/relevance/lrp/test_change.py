"""A value of zero with a gradient."""

import torch

from pyg_siamex.explain.relevance.lrp.change import change


def test_the_value_is_zero_and_the_gradient_that_of_x():
    x = torch.randn(3, requires_grad=True)
    found = change(x**2)
    assert torch.equal(found, torch.zeros(3))
    (gradient,) = torch.autograd.grad(found.sum(), x)
    torch.testing.assert_close(gradient, 2 * x.detach())
