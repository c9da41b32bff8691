"""Values of a tensor are the same, however it holds them."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex._arrays import as_array
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
from pyg_siamex.nn.training import auc_interval

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
