"""Values that name a class, a group or a cell are single, and have a text."""

import datetime
import enum

import numpy as np
import pandas as pd
import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex._single import why_no_name
from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.explain.node_labels import node_labels
from pyg_siamex.explain.overview.numbered_classes import numbered_classes

Side = enum.Enum("Side", "LEFT RIGHT")
NAMES = {
    "text": "a",
    "number": 3,
    "part": 0.5,
    "truth": True,
    "of NumPy": np.int64(3),
    "tensor": torch.tensor(3),
    "nothing": None,
    "date": datetime.date(2020, 1, 1),
    "time": pd.Timestamp("2020-01-01"),
    "member": Side.LEFT,
}
NO_NAMES = {
    "complex": (1j, "is complex"),
    "list": ([1], "holds several values"),
    "tuple": ((1, 2), "holds several values"),
    "set": ({1}, "holds several values"),
    "graph": (Data(), "holds several values"),
    "array": (np.array([1]), "holds several values"),
    "tensor": (torch.tensor([1, 2]), "holds several values"),
    "bytes": (b"a", "is bytes"),
    "object": (object(), "is object, which has no text of its own"),
}


@pytest.mark.parametrize("value", NAMES.values(), ids=NAMES)
def test_single_values_are_names(value):
    assert why_no_name(value) is None


@pytest.mark.parametrize(("value", "why"), NO_NAMES.values(), ids=NO_NAMES)
def test_others_are_refused_wherever_names_are_read(value, why):
    with pytest.raises(TypeError, match=f"groups: node 1 has a label that {why}"):
        node_labels([0, value], "groups")
    with pytest.raises((TypeError, ValueError), match="label"):
        numbered_classes([0, value], 2)
    matrices = np.random.default_rng(0).normal(size=(2, 3, 3))
    with pytest.raises((TypeError, ValueError), match=r"labels"):
        Subjects(matrices + matrices.transpose(0, 2, 1), labels=[0, value])


def test_infinite_labels_are_no_classes():
    with pytest.raises(ValueError, match="the label of graph 1 is infinite"):
        numbered_classes([0.0, float("inf")], 2)
