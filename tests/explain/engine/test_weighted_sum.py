import pytest
import torch

from pyg_siamex.explain.engine.weighted_sum import Structure, WeightedSum


@pytest.mark.parametrize("width", [3, 20])
def test_gradient_by_finite_differences(width):
    structure = Structure(torch.tensor([[0, 1, 2, 2, 0], [1, 0, 1, 1, 0]]), 4)
    x = torch.randn(4, width, dtype=torch.double, requires_grad=True)
    weight = torch.randn(5, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, w: WeightedSum.apply(x, w, structure), (x, weight))
    assert torch.autograd.gradgradcheck(
        lambda x, w: WeightedSum.apply(x, w, structure), (x, weight)
    )


def test_no_edges():
    structure = Structure(torch.empty(2, 0, dtype=torch.long), 3)
    x, weight = torch.randn(3, 20, requires_grad=True), torch.empty(0, requires_grad=True)
    out = WeightedSum.apply(x, weight, structure)
    assert (out == 0).all()
    assert all((g == 0).all() for g in torch.autograd.grad(out.sum(), (x, weight)))
