import numpy as np
import pytest

from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.recipe.connectomes.group_classes import compared_classes, of_classes


def subjects(labels):
    return Subjects(np.random.default_rng(0).random((len(labels), 3, 3)), labels=labels)


def test_two_classes_are_all_there_are_or_those_named():
    given = subjects(["a", "b", "c", "b", "a"])
    found = of_classes(given, "c, a")
    assert found.names == ["1", "3", "5"] and found.class_names == ["c", "a"]
    assert found.labels.tolist() == [1, 0, 1]
    assert of_classes(given, "b") is given
    two = subjects(["x", "y", "x"])
    assert of_classes(two, None) is two
    assert compared_classes(["x", "y"], None) == (("x", "y"), 0)
    assert compared_classes(["c", "a"], "c, a") == (("c", "a"), 0)


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        (None, "there are 3 classes"),
        ("a,d", "names 'd', and the classes are a, b, c"),
        ("a,b,c", "or two"),
    ],
)
def test_what_cannot_be_compared_is_refused(classes, words):
    with pytest.raises(ValueError, match=words):
        of_classes(subjects(["a", "b", "c"]), classes)
