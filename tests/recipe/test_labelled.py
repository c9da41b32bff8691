import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex.recipe.labelled import classes_of, partition_named, sampled


def graphs(*values) -> list[Data]:
    return [Data(y=torch.tensor(value)) for value in values]


def test_one_class_without_a_label():
    assert classes_of(graphs(1.0, 2.0), None, None) == ([0, 0], ["all"])


def test_classes_are_taken_as_they_are():
    assert classes_of(graphs(1, 0), "group", ["a", "b"]) == ([1, 0], ["a", "b"])


def test_measured_values_are_cut_into_thirds():
    labels, names = classes_of(graphs(1.5, 2.5, 3.5, 4.5, 5.5, 6.5), "age", None)
    assert labels == [0, 0, 1, 1, 2, 2]
    assert [name.split()[0] for name in names] == ["low", "middle", "high"]
    with pytest.raises(ValueError, match="values of 'age' cannot be cut into thirds"):
        classes_of(graphs(1.0, 1.0, 1.0, 2.0), "age", None)


def test_a_sample_is_in_order_and_always_the_same():
    assert sampled(4, 10) == [0, 1, 2, 3]
    found = sampled(100, 10)
    assert found == sorted(set(found)) == sampled(100, 10) and len(found) == 10


def test_unknown_partitions_are_refused():
    assert partition_named("a", ("a", "b")) == "a"
    with pytest.raises(ValueError, match=r"`groups` must be one of a, b \(got 'c'\)"):
        partition_named("c", ("a", "b"))
