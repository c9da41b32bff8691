import math

import pytest
import torch
from torch_geometric.explain.metric import groundtruth_metrics

from pyg_siamex.metric import ground_truth_auroc, ground_truth_average_precision

TRUTH = torch.tensor([True, False, True, False])


def test_ends_of_the_scale():
    assert ground_truth_auroc(TRUTH.float(), TRUTH) == 1
    assert ground_truth_auroc(-TRUTH.float(), TRUTH) == 0
    assert ground_truth_auroc(torch.zeros(4), TRUTH) == 0.5
    assert ground_truth_average_precision(TRUTH.float(), TRUTH) == 1


def test_by_hand():
    importance = torch.tensor([0.9, 0.8, 0.7, 0.1])
    assert ground_truth_auroc(importance, TRUTH) == 0.75
    assert ground_truth_average_precision(importance, TRUTH) == pytest.approx((1 + 2 / 3) / 2)


def test_agrees_with_pyg():
    torch.manual_seed(0)
    importance, truth = torch.rand(50), torch.rand(50) > 0.7
    expected = groundtruth_metrics(importance, truth, metrics="auroc")
    assert ground_truth_auroc(importance, truth) == pytest.approx(expected, abs=1e-6)


def test_no_truth_is_no_number():
    assert math.isnan(ground_truth_auroc(torch.rand(3), torch.zeros(3)))
    assert math.isnan(ground_truth_average_precision(torch.rand(3), torch.ones(3)))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="3 importances for 4 elements"):
        ground_truth_auroc(torch.rand(3), TRUTH)
    with pytest.raises(ValueError, match="NaN"):
        ground_truth_auroc(torch.tensor([1, 2, float("nan"), 3]), TRUTH)
