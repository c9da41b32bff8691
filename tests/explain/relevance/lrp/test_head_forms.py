import pytest
import torch
from torch import nn

from pyg_siamex.explain.relevance import GammaRule
from pyg_siamex.explain.relevance.lrp.head_forms import head_forms
from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
)


@pytest.fixture
def embeddings():
    return torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize(
    "similarity",
    [
        DotSimilarity(),
        CosineSimilarity(),
        EuclideanSimilarity(),
        RBFSimilarity(0.3),
        BilinearSimilarity(4).double(),
    ],
    ids=lambda s: type(s).__name__,
)
def test_the_form_of_each_pair_is_its_similarity(similarity, embeddings):
    query, reference = embeddings
    expected = similarity(query, reference).detach()
    if isinstance(similarity, RBFSimilarity):
        expected = expected.log()
    forms = head_forms(similarity, query, reference)
    found = torch.stack(
        [form.value(q, r) for form, q, r in zip(forms, query, reference, strict=True)]
    )
    torch.testing.assert_close(found.detach(), expected)


@pytest.mark.parametrize("gamma", [0.0, 0.25, (0.5, 0.1)])
def test_the_form_of_a_learned_head_is_its_similarity(gamma, embeddings):
    torch.manual_seed(0)
    similarity = MLPSimilarity(4).double().eval()
    for parameter in similarity.parameters():
        nn.init.normal_(parameter).requires_grad_(False)
    query, reference = embeddings
    forms = head_forms(similarity, query, reference, GammaRule(gamma))
    found = torch.stack(
        [form.value(q, r) for form, q, r in zip(forms, query, reference, strict=True)]
    )
    torch.testing.assert_close(found, similarity(query, reference))
