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


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([1990.0, 2001.0, 2002.0, 2003.0, 2004.0, 2020.0], ["2001.67", "2003.33"]),
        ([0.0, 0.3, 0.6, 0.9], ["0.3", "0.6"]),
        ([100000.0, 100010.0, 100020.0, 100030.0], ["100010", "100020"]),
    ],
    ids=["years", "few digits", "close"],
)
def test_bounds_of_thirds_can_be_told_apart(values, bounds):
    _, names = classes_of(graphs(*values), "year", None)
    assert names == [
        f"low (up to {bounds[0]})",
        f"middle ({bounds[0]} to {bounds[1]})",
        f"high (above {bounds[1]})",
    ]


def test_a_sample_is_in_order_and_always_the_same():
    assert sampled(4, 10) == [0, 1, 2, 3]
    found = sampled(100, 10)
    assert found == sorted(set(found)) == sampled(100, 10) and len(found) == 10


def test_unknown_partitions_are_refused():
    assert partition_named("a", ("a", "b")) == "a"
    with pytest.raises(ValueError, match=r"`groups` must be one of a, b \(got 'c'\)"):
        partition_named("c", ("a", "b"))
