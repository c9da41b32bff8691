import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.explain.metric import groundtruth_metrics

from pyg_siamex.metric import (
    ground_truth_auroc,
    ground_truth_average_precision,
    ground_truth_precision,
)

TRUTH = torch.tensor([True, False, True, False])
MEASURES = (ground_truth_auroc, ground_truth_average_precision, ground_truth_precision)


def test_ends_of_the_scale():
    assert ground_truth_auroc(TRUTH.float(), TRUTH) == 1
    assert ground_truth_auroc(-TRUTH.float(), TRUTH) == 0
    assert ground_truth_auroc(torch.zeros(4), TRUTH) == 0.5
    assert ground_truth_average_precision(TRUTH.float(), TRUTH) == 1
    assert ground_truth_precision(TRUTH.float(), TRUTH) == 1
    assert ground_truth_precision(-TRUTH.float(), TRUTH) == 0
    assert ground_truth_precision(torch.zeros(4), TRUTH) == 0.5


def test_by_hand():
    importance = torch.tensor([0.9, 0.8, 0.7, 0.1])
    assert ground_truth_auroc(importance, TRUTH) == 0.75
    assert ground_truth_average_precision(importance, TRUTH) == pytest.approx((1 + 2 / 3) / 2)
    assert [ground_truth_precision(importance, TRUTH, k) for k in (1, 2, 3, 4)] == pytest.approx(
        [1, 1 / 2, 2 / 3, 1 / 2]
    )


def test_ties_at_the_edge_count_by_their_mean():
    importance = torch.tensor([1.0, 0.5, 0.5, 0.5])
    # The first is true; one of the other three, with one true among them, is second.
    assert ground_truth_precision(importance, TRUTH, 2) == pytest.approx((1 + 1 / 3) / 2)


def test_agrees_with_pyg():
    torch.manual_seed(0)
    importance, truth = torch.rand(50), torch.rand(50) > 0.7
    expected = groundtruth_metrics(importance, truth, metrics="auroc")
    assert ground_truth_auroc(importance, truth) == pytest.approx(expected, abs=1e-6)
    for k in (1, 7, 20):
        hard = torch.zeros(50).index_fill(0, importance.topk(k).indices, 1)
        expected = groundtruth_metrics(hard, truth, metrics="precision")
        assert ground_truth_precision(importance, truth, k) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("odd", [math.nan, math.inf, 0.3, -2.0])
def test_truths_are_true_or_false(measure, odd):
    with pytest.raises(ValueError, match=r"bool, or 0 and 1 \(got"):
        measure(torch.tensor([0.5, 0.1, 0.9]), torch.tensor([1.0, 0.0, odd]))
    numbers = torch.tensor([1.0, 0.0, 0.0])
    importance = torch.tensor([0.5, 0.1, 0.9])
    assert measure(importance, numbers) == measure(importance, numbers.bool())


def test_the_best_alternative_counts():
    alternatives = torch.tensor([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]], dtype=torch.bool)
    importance = torch.tensor([0.0, 0.1, 0.9, 0.8])
    for measure in MEASURES:
        assert measure(importance, alternatives) == 1
        assert measure(importance, alternatives[:, :1]) < 1
        assert measure(importance, alternatives[:, :1]) == measure(importance, alternatives[:, 0])


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_alternatives_lift_random(seed):
    generator = torch.Generator().manual_seed(seed)
    importance = torch.rand(12, generator=generator)
    truth = torch.rand(12, 3, generator=generator) > 0.6
    values = [ground_truth_auroc(importance, column) for column in truth.unbind(1)]
    known = [value for value in values if not math.isnan(value)]
    together = ground_truth_auroc(importance, truth)
    assert math.isnan(together) if not known else together == max(known)


def test_no_truth_is_no_number():
    for measure in MEASURES:
        assert math.isnan(measure(torch.rand(3), torch.zeros(3)))
        assert math.isnan(measure(torch.rand(3), torch.ones(3)))
        assert math.isnan(measure(torch.rand(3), torch.ones(3, 2)))
        assert math.isnan(measure(torch.rand(0), torch.ones(0)))


def test_one_element_with_alternatives_is_not_read_as_a_row():
    assert math.isnan(ground_truth_auroc(torch.rand(1), torch.tensor([[True, False]])))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"3 importances for a truth of \[4\]: it must be \[3\]"):
        ground_truth_auroc(torch.rand(3), TRUTH)
    with pytest.raises(ValueError, match="NaN"):
        ground_truth_auroc(torch.tensor([1, 2, float("nan"), 3]), TRUTH)
    with pytest.raises(ValueError, match="k must be from 1"):
        ground_truth_precision(torch.rand(4), TRUTH, 5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_largest_importances_are_in_order(measure, dtype):
    most = torch.finfo(dtype).max
    values = torch.tensor([most, -most, most / 2, 0.0], dtype=dtype)
    in_order = torch.tensor([3.0, 0.0, 2.0, 1.0])
    for sign in (1, -1):
        assert measure(sign * values, TRUTH) == measure(sign * in_order, TRUTH)


@pytest.mark.parametrize(
    "measure", [ground_truth_auroc, ground_truth_average_precision, ground_truth_precision]
)
@pytest.mark.parametrize("shape", [(6, 2), (3, 4), (12, 2, 3), (2, 12), (13,)], ids=str)
def test_a_truth_of_another_shape_is_refused(measure, shape):
    truth = torch.arange(torch.Size(shape).numel()).view(shape) % 2
    with pytest.raises(ValueError, match="12 importances for a truth of"):
        measure(torch.arange(12.0), truth)


@pytest.mark.parametrize("shape", [(12,), (1, 12), (12, 1)], ids=str)
def test_a_truth_in_a_row_or_a_column_is_the_same(shape):
    truth = torch.arange(12) % 3 == 0
    found = ground_truth_auroc(torch.arange(12.0), truth.view(shape))
    assert found == ground_truth_auroc(torch.arange(12.0), truth)
    assert found == ground_truth_auroc(torch.arange(12.0).view(3, 4), truth.view(3, 4))
