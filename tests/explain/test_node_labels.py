"""One name for each node: what is missing, or several, is refused wherever groups are given."""

import numpy as np
import pandas as pd
import pytest
import torch
from graphs import FEATURES, random_graph
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.nn import GIN

from pyg_siamex import GroupOcclusion, IntegratedJacobians, PairExplainer, SiameseGNN
from pyg_siamex.explain import explain_smiles
from pyg_siamex.explain.node_labels import node_labels
from pyg_siamex.explain.overview import kept_groups, overview, overview_of_pairs

LABEL = st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False)


@given(st.lists(LABEL))
def test_single_values_are_their_text(labels):
    assert node_labels(labels, "groups") == node_labels(tuple(labels), "groups")
    assert node_labels(iter(labels), "groups") == [str(label) for label in labels]


@pytest.mark.parametrize(
    "values",
    [
        torch.tensor([3, 1]),
        np.array([3, 1]),
        pd.Series([3, 1]),
        [torch.tensor(3), np.int64(1)],
        np.array(["3", "1"]),
        {"3": 0, "1": 0}.keys(),
    ],
    ids=["tensor", "array", "series", "scalars", "texts", "keys"],
)
def test_labels_may_be_in_any_list(values):
    found = node_labels(values, "groups")
    assert found == ["3", "1"] and {type(one) for one in found} == {str}


NAN = float("nan")
MISSING = {
    "none": [None] * 5,
    "NaN": ["a"] * 4 + [NAN],
    "tensor of NaN": torch.full((5,), NAN),
    "array of NaN": np.full(5, NAN),
    "missing of pandas": ["a", pd.NA, "b", "a", "a"],
    "no time": ["a", pd.NaT, "b", "a", "a"],
}
SEVERAL = {
    "tensor of rows": torch.zeros(5, 2),
    "array of rows": np.zeros((5, 2)),
    "column": torch.zeros(5, 1),
    "lists": [["a"]] * 5,
    "tensors": list(torch.zeros(5, 2)),
}
NO_LIST = {"nothing": None, "number": 5, "number in a tensor": torch.tensor(5)}
WRONG = {
    **{name: (value, ValueError, "has the label") for name, value in MISSING.items()},
    **{
        name: (value, TypeError, "has a label that holds several values")
        for name, value in SEVERAL.items()
    },
    **{name: (value, TypeError, "must be a list, a label for") for name, value in NO_LIST.items()},
}


def model():
    torch.manual_seed(0)
    return SiameseGNN(GIN(FEATURES, 4, 1), "add", "dot").eval()


@pytest.fixture(scope="module")
def doors():
    """Every function that takes a label for each node, called with labels for five nodes."""
    graphs, factors = [random_graph(5, k) for k in range(3)], IntegratedJacobians().factors
    right = list("aabbc")
    pair = PairExplainer(model(), IntegratedJacobians(), node_mask_type="object")(*graphs[:2])
    masked = PairExplainer(model(), GroupOcclusion(lambda _: right), node_mask_type="object")

    def occluded(labels):
        algorithm = GroupOcclusion(lambda _: labels)
        PairExplainer(model(), algorithm, node_mask_type="object")(*graphs[:2])

    return {
        "group of the query": lambda labels: pair.group(labels, right),
        "group of the reference": lambda labels: pair.group(right, labels),
        "occlusion": occluded,
        "SMILES": lambda labels: explain_smiles(
            lambda one, other: float(len(one) + len(other)),
            "CCCCO",
            "CCCCN",
            groups=lambda _: labels,
        ),
        "factors": lambda labels: factors(model(), graphs[:1]).group([labels]),
        "overview": lambda labels: overview(model(), graphs, [right, labels, right]),
        "overview of pairs": lambda labels: overview_of_pairs(
            [pair, pair], [[0, 1], [1, 2]], [right, labels, right]
        ),
        "kept groups": lambda labels: kept_groups([masked(*graphs[:2])], [[0, 1]], [right, labels]),
    }


DOORS = (
    *("group of the query", "group of the reference", "occlusion", "SMILES", "factors"),
    *("overview", "overview of pairs", "kept groups"),
)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_takes_labels(doors, door):
    doors[door](["a", "b", "a", "b", "b"])
    doors[door](torch.tensor([0, 0, 1, 1, 1]))


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_label_is_refused_at_every_door(doors, door, wrong):
    labels, error, message = WRONG[wrong]
    with pytest.raises((TypeError, ValueError)) as caught:
        doors[door](labels)
    at_the_door = wrong in NO_LIST and "must be" in str(caught.value)
    assert message in str(caught.value) or at_the_door, caught.value
    assert isinstance(caught.value, error)


@pytest.mark.parametrize("text", ["abc", b"abc", ""])
def test_a_text_is_no_list_of_labels(text):
    with pytest.raises(TypeError, match="groups must be a list, a label for each node"):
        node_labels(text, "groups")
