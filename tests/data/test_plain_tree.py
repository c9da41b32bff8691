import contextlib
import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pyg_siamex.data.plain_tree import join_tree, split_tree

NAMES = st.text(max_size=6)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES
TENSORS = st.sampled_from(
    [torch.arange(3.0), torch.ones(2, 0), torch.tensor(True), torch.ones(2, 3).T]
)
KEYS = NAMES | st.integers() | st.tuples(st.integers(), NAMES)
TREES = st.recursive(
    PLAIN | TENSORS,
    lambda one: (
        st.lists(one, max_size=3)
        | st.lists(one, max_size=3).map(tuple)
        | st.sets(st.integers(), max_size=3)
        | st.dictionaries(KEYS, one, max_size=3)
    ),
    max_leaves=8,
)
KINDS = ["dict", "items", "list", "tuple", "set", "tensor", "coo", "csr", "value"]


def same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@given(TREES)
def test_what_is_split_is_joined_again(tree):
    tensors, rest = split_tree(tree, "part")
    others = {"weight": torch.ones(2)}
    assert same(join_tree(everything := {**tensors, **others}, rest), tree)
    assert list(everything) == ["weight"]


@pytest.mark.parametrize("layout", ["to_sparse_coo", "to_sparse_csr"])
def test_sparse_tensors_stay_sparse(layout):
    sparse = getattr(torch.eye(3), layout)()
    found = join_tree(*split_tree([sparse], "part"))[0]
    assert found.layout == sparse.layout and torch.equal(found.to_dense(), torch.eye(3))


def test_sparse_tensors_with_indices_outside_are_refused():
    tensors, rest = split_tree(torch.eye(3).to_sparse_coo(), "part")
    with pytest.raises(ValueError, match="sparse tensor that does not fit"):
        join_tree(dict(tensors), rest.replace('"size": [3, 3]', '"size": [2, 2]'))
    with pytest.raises(ValueError, match="impossible size"):
        join_tree(dict(tensors), rest.replace('"size": [3, 3]', '"size": [-1, 3]'))


def test_numbers_of_numpy_are_plain():
    assert join_tree(*split_tree({"a": np.float32(0.5), "b": np.int64(3)}, "part")) == {
        "a": 0.5,
        "b": 3,
    }


@pytest.mark.parametrize("odd", [print, object(), b"bytes", np.ones(2), torch.float32])
def test_other_things_are_named(odd):
    with pytest.raises(TypeError, match=r"info\['a'\]\[1\] is a .*, which a file cannot hold"):
        split_tree({"a": [0, odd]}, "part", "info")


def test_deep_nesting_is_refused_both_ways():
    deep: object = 1
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ValueError, match="nested more than 64 times"):
        split_tree(deep, "part", "info")
    text = '{"list": [' * 100 + '{"value": 1}' + "]}" * 100
    with pytest.raises(ValueError, match="not the one of values"):
        join_tree({}, text)


@given(st.recursive(PLAIN, lambda one: st.lists(one) | st.dictionaries(NAMES, one), max_leaves=5))
def test_any_other_json_is_refused_or_read(found):
    with contextlib.suppress(ValueError, KeyError):
        join_tree({}, json.dumps(found))


@given(
    st.sampled_from(["dict", "items", "list", "tuple", "set", "tensor", "coo", "csr", "value"]),
    PLAIN | st.lists(PLAIN),
)
def test_any_content_of_a_known_kind_is_refused_or_read(kind, content):
    with contextlib.suppress(ValueError, KeyError):
        join_tree({}, json.dumps({kind: content, "size": [1]}))
