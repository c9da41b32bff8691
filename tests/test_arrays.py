"""Values of a tensor are the same, however it holds them."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex._arrays import as_array, regular
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.metric import (
    conformity,
    ground_truth_auroc,
    ground_truth_average_precision,
    ground_truth_precision,
    spearman,
)
from pyg_siamex.nn import nearest_regions, strongest_regions
from pyg_siamex.nn.training import SiameseEmbedder, auc_interval

VALUES = torch.tensor([[0.0, 0.5, 0.25], [0.5, 0.0, 1.0], [0.25, 1.0, 0.0]])
KINDS = {
    "gradient": lambda one: one.clone().requires_grad_(),
    "computed": lambda one: one.clone().requires_grad_() * 1,
    "bfloat16": lambda one: one.bfloat16(),
    "half": lambda one: one.half(),
    "double": lambda one: one.double(),
    "signs of a view": lambda one: torch._neg_view(-one),
    "turned": lambda one: one.T.contiguous().T if one.dim() == 2 else one.flip(0).flip(0),
    "imaginary part": lambda one: torch.complex(one, -one).conj().imag,
}
TRUTH, ORDER = torch.tensor([1, 0] * 4 + [0]), torch.tensor([[1, 0], [4, 2], [5, 7]])
PAIRS = PairDataset([Data(num_nodes=1, y=k % 2) for k in range(10)], 9)
READERS = {
    "as_array": as_array,
    "auc_interval": lambda one: auc_interval(one.reshape(-1), PAIRS),
    "strongest_regions": lambda one: strongest_regions(one, 1),
    "nearest_regions": lambda one: nearest_regions(one, 1),
    "ground_truth_auroc": lambda one: ground_truth_auroc(one.reshape(-1), TRUTH),
    "average_precision": lambda one: ground_truth_average_precision(one.reshape(-1), TRUTH),
    "ground_truth_precision": lambda one: ground_truth_precision(one.reshape(-1), TRUTH),
    "conformity": lambda one: conformity(one.reshape(-1), ORDER),
    "spearman": lambda one: spearman(one, one.flip(0)),
    "Subjects": lambda one: Subjects([one]).arrays,
    "with_arrays": lambda one: Subjects([np.eye(3)]).with_arrays([one]).arrays,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reader", READERS)
def test_tensors_of_each_kind_are_read_as_plain_ones(reader, kind):
    expected, found = (READERS[reader](one) for one in (VALUES, KINDS[kind](VALUES)))
    if isinstance(expected, list | tuple | np.ndarray):
        for one, other in zip(expected, found, strict=True):
            assert torch.equal(torch.as_tensor(one).double(), torch.as_tensor(other).double())
    else:
        assert str(expected) == str(found)


RAGGED = {
    "rows": [[1, 2], [3]],
    "rows of rows": [[[1, 2], [3, 4]], [[1, 2]]],
    "rows and numbers": [[1, 2], 3],
    "inner rows": [[[1, 2], [3]], [[1, 2], [3]]],
    "arrays": [np.ones(2), np.ones(3)],
}
OF_LISTS = {
    "regular": lambda one: regular("values", one),
    "Subjects": lambda one: Subjects([np.eye(3), one]),
    "with_arrays": lambda one: Subjects([np.eye(3)]).with_arrays([one]),
    "SiameseEmbedder": lambda one: SiameseEmbedder().fit([Data(x=torch.ones(2, 1), y=one)] * 4),
}


@pytest.mark.parametrize("lists", RAGGED)
@pytest.mark.parametrize("reader", OF_LISTS)
def test_lists_of_different_lengths_are_named(reader, lists):
    told = {"regular": "values", "SiameseEmbedder": "y of graph 0"}.get(reader, "of `arrays`")
    with pytest.raises(ValueError, match=f"{told} must be an array, its rows of one length") as got:
        OF_LISTS[reader](RAGGED[lists])
    assert "inhomogeneous" not in str(got.value)


def test_what_is_no_number_is_named():
    with pytest.raises(ValueError, match="values cannot be an array of numbers: could not convert"):
        regular("values", [["a"]], float)
    assert regular("values", [[1, 2], [3, 4]], float).tolist() == [[1, 2], [3, 4]]
