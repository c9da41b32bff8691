"""The learned head is symmetric, and its forms add up to its value."""

import torch

from pyg_siamex.nn import MLPSimilarity

D = torch.double


def head() -> MLPSimilarity:
    torch.manual_seed(0)
    return MLPSimilarity(4, hidden=7).to(D)


def by_gradient(mlp, inputs):
    """Value and gradient of the network."""
    leaf = inputs.clone().requires_grad_()
    with torch.enable_grad():
        out = mlp(leaf).squeeze(-1)
        (slope,) = torch.autograd.grad(out.sum(), leaf)
    return out.detach(), slope


def test_value_is_the_network_of_sum_and_product():
    a, b = torch.randn(2, 3, 4, dtype=D)
    expected = head().mlp(torch.cat([a + b, a * b], dim=1)).flatten()
    torch.testing.assert_close(head()(a, b), expected)
    torch.testing.assert_close(head()(b, a), expected)


def test_the_form_of_a_pair_gives_its_similarity():
    a, b = torch.randn(2, 3, 4, dtype=D)
    forms = head().pair_forms(a, b, by_gradient)
    values = [
        (x * form.metric * y).sum() + (form.linear * (x + y)).sum() + form.constant
        for form, x, y in zip(forms, a, b, strict=True)
    ]
    torch.testing.assert_close(torch.stack(values), head()(a, b).detach())
