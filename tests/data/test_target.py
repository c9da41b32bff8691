"""Targets are read from the graphs or from a list, and refused with the graph that is wrong."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex.data.target import as_numbers, check_count, check_graphs, read_classes, read_values


def graphs(*targets):
    return [Data(num_nodes=1, y=target) for target in targets]


def test_targets_of_any_type_are_numbers():
    for targets in ([0, 1], [0.0, 1.0], [torch.tensor(0), torch.tensor([1])], [True, np.int64(2)]):
        expected = [float(torch.as_tensor(t).item()) for t in targets]
        assert read_values(graphs(*targets), None).tolist() == expected
        assert read_classes(graphs(*targets), None).tolist() == expected
    assert read_classes(graphs(0, 0), torch.tensor([3, 4])).tolist() == [3, 4]


@pytest.mark.parametrize(
    ("targets", "given", "message"),
    [
        ((0, None), None, "graph 1 has no target y"),
        ((0, torch.tensor([1, 2])), None, "graph 1 has 2 targets"),
        ((0, float("nan")), None, "the target of graph 1 is NaN"),
        ((0, float("inf")), None, "the target of graph 1 is infinite"),
        ((0, 1), [0, 1, 2], "3 labels for 2 graphs"),
        ((0, 0.5), None, "labels must be classes, got 0.5"),
    ],
)
def test_unusable_targets_are_named(targets, given, message):
    with pytest.raises(ValueError, match=message):
        read_classes(graphs(*targets), given)


@pytest.mark.parametrize("kind", [torch.tensor, np.array, list])
def test_rows_and_columns_are_no_target_of_each(kind):
    for read in (read_classes, read_values):
        with pytest.raises(ValueError, match=r"one row of numbers, one for each \(got \[2, 2\]\)"):
            read(graphs(0, 1, 0, 1), kind([[0, 1], [0, 1]]))
        assert read(graphs(0, 1), kind([[0], [1]])).tolist() == [0, 1]


def test_words_are_refused():
    with pytest.raises(TypeError, match="the target y of graph 0 must be a number"):
        read_classes(graphs("active", "inactive"), None)
    with pytest.raises(TypeError, match="scores must be real numbers"):
        as_numbers(["a"], "scores")


def test_what_is_no_data_set_is_refused():
    assert check_graphs(graphs(0, 1)) == 2
    for given, error, message in [
        (iter(graphs(0, 1)), TypeError, "data set or a list"),
        (graphs(0), ValueError, "at least 2 graphs"),
        ([1, 2], TypeError, "must hold torch_geometric Data"),
    ]:
        with pytest.raises(error, match=message):
            check_graphs(given)


def test_numbers_of_pairs():
    assert check_count(None) is None and check_count(np.int64(3)) == 3
    with pytest.raises(TypeError, match="whole number"):
        check_count(2.5)
    with pytest.raises(ValueError, match="at least 1"):
        check_count(0)


def test_targets_without_a_value_are_named():
    with pytest.raises(ValueError, match="target y of graph 1 is on the device meta"):
        read_values(graphs(0.0, torch.zeros(1, device="meta")), None)


@pytest.mark.parametrize(
    "make", [float, np.float64, lambda one: [one]], ids=["float", "np", "list"]
)
@pytest.mark.parametrize("largest", [-1.7e308, 3.5e38])
def test_large_targets_are_finite_and_too_large(make, largest):
    with pytest.raises(ValueError, match=r"below 3.4e38 in magnitude .*use a smaller unit"):
        read_values(graphs(make(largest), make(0.0)), None)
    assert read_values(graphs(make(0.1), make(0.0)), None).tolist() == [0.1, 0.0]
    with pytest.raises(ValueError, match=r"labels must be classes, got .*from 0"):
        read_classes(graphs(make(largest), make(0.0)), None)


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "int32", "uint16", "uint64"])
def test_labels_of_narrow_types_are_classes(kind):
    labels = torch.tensor([0, 1, 1], dtype=getattr(torch, kind))
    assert read_classes([Data()] * 3, labels).tolist() == [0, 1, 1]


@pytest.mark.parametrize("kind", ["int64", "uint64"])
def test_labels_that_doubles_cannot_hold_are_refused(kind):
    labels = torch.tensor([2**60, 1], dtype=getattr(torch, kind))
    with pytest.raises(ValueError, match="cannot be told apart"):
        read_classes([Data()] * 2, labels)
