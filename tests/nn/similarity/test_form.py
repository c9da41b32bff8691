import pytest
import torch

from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
)
from pyg_siamex.nn.similarity import Form, ProductForm


def points(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.double)


@pytest.mark.parametrize(
    "head",
    [DotSimilarity(), CosineSimilarity(), EuclideanSimilarity(), BilinearSimilarity(4).double()],
    ids=lambda head: type(head).__name__,
)
def test_an_exact_form_has_the_value_of_its_head(head):
    a, b = points(0, 3, 4), points(1, 3, 4)
    form = head.product_form()
    values = [pair.value(x, y) for pair, x, y in zip(form.pairs(a, b), a, b, strict=True)]
    assert form.exact
    torch.testing.assert_close(torch.stack(values), head(a, b).detach())


def test_the_form_of_a_gaussian_is_its_logarithm():
    a, b = points(0, 3, 4), points(1, 3, 4)
    head = RBFSimilarity(0.2)
    form = head.product_form()
    values = [pair.value(x, y) for pair, x, y in zip(form.pairs(a, b), a, b, strict=True)]
    assert not form.exact
    torch.testing.assert_close(torch.stack(values), head(a, b).log())


def test_a_network_has_forms_of_pairs_by_the_coefficients_of_its_inputs():
    a, b = points(0, 3, 4), points(1, 3, 4)
    head = MLPSimilarity(4).double()
    coefficients = points(2, 3, 8)

    def linearise(network, inputs):
        assert network is head.mlp
        torch.testing.assert_close(inputs, torch.cat([a + b, a * b], dim=1))
        return network(inputs).squeeze(-1).detach(), coefficients

    forms = head.pair_forms(a, b, linearise)
    assert head.product_form() is None
    values = [form.value(x, y) for form, x, y in zip(forms, a, b, strict=True)]
    torch.testing.assert_close(torch.stack(values), head(a, b).detach())
    assert torch.equal(forms[1].linear, coefficients[1, :4])
    assert torch.equal(forms[1].metric, coefficients[1, 4:])


@pytest.mark.parametrize(
    "metric", [None, points(3, 4), points(3, 4, 4)], ids=["1", "[D]", "[D, D]"]
)
def test_a_product_form_applies_as_its_matrix(metric):
    values = points(0, 4, 5)
    matrix = torch.eye(4, dtype=torch.double)
    if metric is not None:
        matrix = metric.diag() if metric.dim() == 1 else metric
    found = ProductForm(3.0, metric).apply(values)
    torch.testing.assert_close(found, 3 * matrix @ values)
    torch.testing.assert_close(Form(3.0, metric).cross(values, values), values.T @ found)


@pytest.mark.parametrize("metric", [None, torch.randn(4), torch.randn(4, 4)])
def test_a_form_is_applied_from_either_side(metric):
    form, a, b = Form(2.0, metric), torch.randn(4, 3), torch.randn(4, 5)
    torch.testing.assert_close(form.apply_transposed(a).T @ b, form.cross(a, b))
