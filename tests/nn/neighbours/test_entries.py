"""Entries of libraries and indexes are matrices of finite numbers."""

import pytest
import torch

from pyg_siamex.nn import CosineSimilarity
from pyg_siamex.nn.neighbours import NeighbourIndex
from pyg_siamex.nn.neighbours.entries import check_entries

WRONG = {
    "number": torch.tensor(1.0),
    "list": torch.ones(3),
    "block": torch.ones(2, 2, 2),
    "whole numbers": torch.ones(2, 3, dtype=torch.long),
    "nan": torch.tensor([[1.0, float("nan")]]),
    "infinity": torch.tensor([[1.0], [float("inf")]]),
}


def test_matrices_pass():
    check_entries(torch.rand(3, 2))
    check_entries(torch.rand(0, 2).double(), 2)


@pytest.mark.parametrize("what", WRONG)
def test_anything_else_is_refused(what):
    with pytest.raises(ValueError, match="embeddings"):
        check_entries(WRONG[what])
    with pytest.raises(ValueError, match="embeddings"):
        NeighbourIndex(CosineSimilarity(), WRONG[what])


def test_the_width_is_compared():
    with pytest.raises(ValueError, match=r"embeddings must be \[N, 3\] \(got \[2, 4\]\)"):
        check_entries(torch.ones(2, 4), 3)
