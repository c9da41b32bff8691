"""Heads are found by name, and a name that is none is refused."""

import pytest
import torch

from pyg_siamex.nn import MLPSimilarity, OtherSimilarity, similarity_resolver

NAMES = ["cosine", "dot", "euclidean", "rbf", "bilinear", "mlp"]


@pytest.mark.parametrize("name", NAMES)
def test_is_symmetric_and_broadcasts(name):
    head = similarity_resolver(name, 4)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    a, b = torch.randn(3, 4), torch.randn(5, 4)
    table = head(a[:, None], b[None])
    assert table.shape == (3, 5)
    assert torch.allclose(table, head(b[:, None], a[None]).T, atol=1e-6)
    assert torch.allclose(table[1, 2], head(a[1], b[2]), atol=1e-6)


def test_unknown_names_and_missing_sizes_are_refused():
    with pytest.raises(ValueError, match=r"similarity must be one of .dot., .cosine."):
        similarity_resolver("manhattan")
    with pytest.raises(ValueError, match="embedding size"):
        similarity_resolver("bilinear")


def test_instance_is_returned_as_it_is():
    head = MLPSimilarity(4, hidden=7)
    assert similarity_resolver(head) is head


def test_any_function_of_two_matrices_is_a_head():
    head = similarity_resolver(torch.nn.CosineSimilarity())
    assert isinstance(head, OtherSimilarity)
    a, b = torch.randn(2, 3, 4)
    expected = torch.nn.functional.cosine_similarity(a, b)
    assert torch.allclose(head(a, b), expected)
    with pytest.raises(TypeError, match="`query` must be a text or a Similarity or a function"):
        similarity_resolver(3)
