import pytest
import torch

from pyg_siamex.nn import (
    BilinearSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
)

HEADS = [
    DotSimilarity(),
    EuclideanSimilarity(),
    RBFSimilarity(0.3),
    BilinearSimilarity(3).double(),
    MLPSimilarity(3).double(),
]


def mixed(head, a, b, step=1e-4):
    """Mixed second derivative by differences, ``[D, D]``."""
    steps = step * torch.eye(len(a), dtype=a.dtype)

    def value(i, j):
        return head(a + i, b + j).detach()

    rows = [
        torch.stack([value(i, j) - value(i, -j) - value(-i, j) + value(-i, -j) for j in steps])
        for i in steps
    ]
    return torch.stack(rows) / (4 * step**2)


@pytest.mark.parametrize("head", HEADS, ids=lambda head: type(head).__name__)
def test_factors_are_put_around_the_mixed_second_derivative(head):
    generator = torch.Generator().manual_seed(0)
    (h_q, p_q), (h_r, p_r) = [
        (
            torch.randn(count, 3, generator=generator, dtype=torch.double),
            torch.randn(count, 3, nodes, generator=generator, dtype=torch.double),
        )
        for count, nodes in ((2, 4), (3, 5))
    ]
    found = head.mixed_products((h_q, p_q), (h_r, p_r)).detach()
    expected = sum(
        left.T @ mixed(head, a, b) @ right
        for a, left in zip(h_q, p_q, strict=True)
        for b, right in zip(h_r, p_r, strict=True)
    )
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
