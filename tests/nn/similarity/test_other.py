"""Heads of other libraries get rows, whatever the shape of the embeddings."""

import pytest
import torch

from pyg_siamex.nn import OtherSimilarity


@pytest.mark.parametrize("columns", [False, True])
def test_the_head_sees_matrices_and_gives_a_number_per_row(columns):
    seen = []

    def head(a, b):
        seen.append((a.shape, b.shape))
        return (a - b).abs().sum(1, keepdim=columns)

    a, b = torch.randn(3, 1, 4), torch.randn(5, 4)
    found = OtherSimilarity(head)(a, b)
    torch.testing.assert_close(found, (a - b).abs().sum(-1))
    assert seen == [((15, 4), (15, 4))]


def test_a_head_that_gives_something_else_is_refused():
    with pytest.raises(ValueError, match="a number for each row"):
        OtherSimilarity(lambda a, b: a)(torch.randn(3, 4), torch.randn(3, 4))


def test_embeddings_without_numbers_are_handed_on():
    head = OtherSimilarity(lambda a, b: (a * b).sum(-1))
    assert head(torch.ones(2, 0), torch.ones(2, 0)).tolist() == [0, 0]
