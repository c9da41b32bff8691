"""Dot, cosine and bilinear head against their formulas."""

import pytest
import torch

from pyg_siamex.nn import BilinearSimilarity, CosineSimilarity, DotSimilarity

A, B = torch.tensor([[3.0, 4.0]]), torch.tensor([[1.0, 0.0]])


def test_equal_their_formulas():
    assert CosineSimilarity()(A, B).item() == pytest.approx(0.6)
    assert DotSimilarity()(A, B).item() == pytest.approx(3)
    head = BilinearSimilarity(2)
    head.weight.data = torch.tensor([[1.0, 2.0], [0.0, 1.0]])
    assert head(A, B).item() == pytest.approx(3 * 1 + 4 * 1)  # W = [[1, 1], [1, 1]]


def test_a_fresh_bilinear_head_is_the_dot_product_over_its_size():
    a, b = torch.randn(2, 7, 5)
    torch.testing.assert_close(BilinearSimilarity(5)(a, b), DotSimilarity()(a, b) / 5)


def test_zero_embedding_has_cosine_zero_and_a_finite_gradient():
    a = torch.zeros(1, 4, requires_grad=True)
    s = CosineSimilarity()(a, torch.ones(1, 4))
    assert s.item() == 0
    assert torch.autograd.grad(s.sum(), a)[0].isfinite().all()


@pytest.mark.parametrize("head", [DotSimilarity(), CosineSimilarity(), BilinearSimilarity(4)])
def test_the_product_form_gives_the_similarity(head):
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    a, b = torch.randn(2, 6, 4)
    form = head.product_form()
    metric = torch.eye(4) if form.metric is None else form.metric
    value = torch.einsum("pi,ij,pj->p", a, metric, b)
    if form.norm is not None:
        value = value / (form.norm(a) * form.norm(b))
    torch.testing.assert_close(form.scale * value, head(a, b), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("head", [DotSimilarity(), CosineSimilarity()])
def test_the_nearest_by_the_metric_are_the_most_similar(head):
    library, query = torch.randn(30, 4), torch.randn(1, 4)
    metric = head.order_metric()
    far = torch.cdist(metric.queries(query), metric.entries(library))[0]
    assert torch.equal(far.argsort(), head(query, library).argsort(descending=True))


@pytest.mark.parametrize("size", [1e18, 1e20, 1e38])
def test_a_norm_that_overflows_is_not_taken_for_no_similarity(size):
    a = torch.full((2, 4), size)
    found = CosineSimilarity()(a, a)
    assert torch.allclose(found, torch.ones(2)) if size == 1e18 else bool(found.isnan().all())
    assert torch.allclose(CosineSimilarity()(a.double(), a.double()), torch.ones(2).double())
