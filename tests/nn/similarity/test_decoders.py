"""Decoders of link prediction as heads."""

import pytest
import torch

from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.head_forms import head_forms
from pyg_siamex.nn import DistMultSimilarity, DotSimilarity, HadamardSimilarity, MLPSimilarity

A, B = torch.randn(2, 7, 4, dtype=torch.double, generator=torch.Generator().manual_seed(0))


def test_dist_mult_by_hand():
    relation = torch.tensor([1.0, -2.0, 0.0, 0.5]).double()
    head = DistMultSimilarity(relation)
    torch.testing.assert_close(head(A, B), ((A * B) @ relation))
    assert head(A[:, None], B[None]).shape == (7, 7)
    (form, *_) = head_forms(head, A, B)
    torch.testing.assert_close(form.value(A[0], B[0]), head(A, B)[0])
    ones = DistMultSimilarity(torch.ones(4).double())
    torch.testing.assert_close(ones(A, B), DotSimilarity()(A, B))


def test_a_parameter_is_shared_and_a_tensor_kept():
    parameter = torch.nn.Parameter(torch.ones(4))
    assert next(DistMultSimilarity(parameter).parameters()) is parameter
    kept = DistMultSimilarity(parameter[:].clone())
    assert not [*kept.parameters()] and "relation" in kept.state_dict()
    with pytest.raises(ValueError, match="one relation"):
        DistMultSimilarity(torch.ones(3, 4))


@pytest.mark.parametrize("bias", [True, False])
def test_a_network_of_products(bias):
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Linear(4, 8, bias), torch.nn.ReLU(), torch.nn.Linear(8, 1, bias)
    ).double()
    head = HadamardSimilarity(network.requires_grad_(False))  # as in explanations
    torch.testing.assert_close(head(A, B), network(A * B).squeeze(1))
    rule = GammaRule(0.0, 1e-12)
    for k, form in enumerate(head_forms(head, A, B, rule)):
        torch.testing.assert_close(form.value(A[k], B[k]), head(A, B)[k])
        if not bias:
            assert abs(form.constant) < 1e-9


def test_the_message_names_what_has_a_rule():
    head = torch.nn.Bilinear(4, 4, 1)

    class Other(MLPSimilarity):
        def forward(self, a, b):
            return head(a, b)

    with pytest.raises(ValueError, match="HadamardSimilarity"):
        head_forms(Other(4), A, B)


def test_a_network_of_products_compares_rows_that_broadcast():
    head = HadamardSimilarity(torch.nn.Linear(4, 1).double())
    every = head(A[:, None], B[None])
    assert every.shape == (7, 7)
    torch.testing.assert_close(every.diagonal(), head(A, B))
    torch.testing.assert_close(head(A[:1], B), every[0])
    torch.testing.assert_close(head(A[0], B[0]), every[0, 0])


def test_a_network_of_products_gives_a_number_for_each_row():
    with pytest.raises(ValueError, match=r"head HadamardSimilarity returned \[7, 3\] for two"):
        HadamardSimilarity(torch.nn.Linear(4, 3).double())(A, B)


def test_a_relation_is_finite():
    with pytest.raises(ValueError, match="relation has NaN or infinite values"):
        DistMultSimilarity(torch.tensor([1.0, float("nan")]))
