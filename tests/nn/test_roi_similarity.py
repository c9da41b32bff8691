import pytest
import torch

from pyg_siamex.nn import RoiSimilarity


def test_is_the_weighted_sum_of_the_regions_inner_products():
    head = RoiSimilarity(3)
    head.weight.data, head.bias.data = torch.tensor([1.0, -2.0, 0.5]), torch.tensor(0.25)
    a, b = torch.randn(3, 4), torch.randn(3, 4)
    expected = a[0] @ b[0] - 2 * (a[1] @ b[1]) + 0.5 * (a[2] @ b[2]) + 0.25
    assert head(a.flatten(), b.flatten()).item() == pytest.approx(expected.item(), rel=1e-5)


def test_starts_as_the_mean_over_regions():
    a, b = torch.randn(6), torch.randn(6)
    assert RoiSimilarity(3)(a, b).item() == pytest.approx((a @ b).item() / 3, rel=1e-5)


def test_is_symmetric_and_broadcasts():
    head = RoiSimilarity(2)
    torch.nn.init.normal_(head.weight)
    a, b = torch.randn(3, 4), torch.randn(5, 4)
    table = head(a[:, None], b[None])
    assert table.shape == (3, 5)
    assert torch.allclose(table, head(b[:, None], a[None]).T)


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match="size 5 cannot be cut into 3 equal regions"):
        RoiSimilarity(3)(torch.zeros(5), torch.zeros(5))
    with pytest.raises(ValueError, match="num_rois"):
        RoiSimilarity(0)
