"""Classes of graphs as numbers."""

import pandas as pd
import pytest
import torch

from pyg_siamex.explain.overview.numbered_classes import numbered_classes


def test_words_and_numbers_are_numbered_in_their_order():
    for labels in (["b", "a", "b"], torch.tensor([7, 2, 7])):
        classes, _ = numbered_classes(labels, 3)
        assert classes.tolist() == [1, 0, 1]
    assert numbered_classes(["b", "a", "b"], 3)[1] == ["a", "b"]
    assert numbered_classes([2, 0], 2, ["x", "y", "z"])[1] == ["x", "z"]
    assert numbered_classes(None, 2)[1] == ["all"]


@pytest.mark.parametrize(
    ("labels", "count", "names", "message"),
    [
        (None, 1, None, "at least 2 graphs"),
        ([0, 1], 3, None, "2 labels for 3 graphs"),
        ([0, 2], 2, ["a", "b"], "class_names has 2 names"),
        (["a", "b"], 2, ["a", "b"], "class_names has 2 names"),
    ],
)
def test_what_does_not_fit_is_refused(labels, count, names, message):
    with pytest.raises(ValueError, match=message):
        numbered_classes(labels, count, names)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT], ids=str)
def test_a_missing_label_is_named_by_its_graph(missing):
    with pytest.raises(ValueError, match="the label of graph 1"):
        numbered_classes(["a", missing, "b"], 3)


def test_labels_of_two_kinds_are_refused():
    with pytest.raises(TypeError, match=r"one kind, all words or all numbers \(got int and str\)"):
        numbered_classes(["x", 1, "y"], 3)


def test_labels_are_counted_before_they_are_read():
    with pytest.raises(ValueError, match="labels for 3 graphs"):
        numbered_classes(torch.ones(1).expand(10**12), 3)
