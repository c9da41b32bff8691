"""An invariance goes into a model's file as tensors and JSON, and comes back the same."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pyg_siamex.nn.kept_invariance import KeptInvariance

NAMES = st.text(max_size=6)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES
TENSORS = st.integers(0, 4).map(lambda n: torch.arange(float(n)))
STATES = st.dictionaries(
    NAMES,
    st.recursive(
        PLAIN | TENSORS,
        lambda one: st.lists(one, max_size=3) | st.dictionaries(NAMES, one, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def same(one: object, other: object) -> bool:
    if isinstance(one, Tensor):
        return isinstance(other, Tensor) and torch.equal(one, other)
    if isinstance(one, dict):
        assert isinstance(other, dict)
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        assert isinstance(other, list)
        return len(one) == len(other) and all(map(same, one, other))
    return one == other and type(one) is type(other)


@given(STATES)
def test_what_is_split_is_joined_again(state: dict) -> None:
    tensors, rest = KeptInvariance(state).parts()
    others = {"encoder.weight": torch.ones(2)}
    found = KeptInvariance.from_parts(all_tensors := {**tensors, **others}, rest)
    assert same(found.state, state)
    assert list(all_tensors) == ["encoder.weight"]


def test_a_missing_tensor_is_an_error() -> None:
    tensors, rest = KeptInvariance({"a": torch.ones(3)}).parts()
    tensors.clear()
    with pytest.raises(KeyError):
        KeptInvariance.from_parts(tensors, rest)


def test_another_thing_than_an_object_is_an_error() -> None:
    with pytest.raises(ValueError, match="not an object"):
        KeptInvariance.from_parts({}, '{"value": 3}')
