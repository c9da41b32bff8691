"""Unions joined into one."""

from dataclasses import replace

import pytest
import torch
from graphs import random_graph

from pyg_siamex.data import GraphInputs
from pyg_siamex.data.union_join import join_unions


def union(seed, **extras):
    data = random_graph(3 + seed, seed)
    for name, value in extras.items():
        data[name] = value
    return GraphInputs.from_data(data, tuple(extras))


def test_one_union_is_returned_unchanged():
    one = union(1)
    assert join_unions([one]) is one


def test_joining_in_steps_is_joining_at_once():
    parts = [union(seed, level=float(seed)) for seed in range(4)]
    at_once = join_unions(parts)
    in_steps = join_unions([join_unions(parts[:2]), join_unions(parts[2:])])
    for name in ("x", "edge_index", "batch"):
        assert torch.equal(getattr(at_once, name), getattr(in_steps, name))
    assert at_once.extras["level"].value.tolist() == [0, 1, 2, 3]
    assert torch.equal(at_once.extras["level"].value, in_steps.extras["level"].value)


def test_numbers_that_agree_stay_numbers():
    both = join_unions([union(1, level=2.0), union(2, level=2.0)])
    assert dict(both.constants) == {"level": 2.0} and not both.extras


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": torch.ones(4, 2)}, r"\[5\] against \[2\] columns"),
        ({"x": torch.ones(4, 5).double()}, "torch.float32 against torch.float64"),
        ({"constants": {"mode": "b"}}, r"differ in 'mode' \('a' against 'b'\)"),
        ({"constants": {}}, "only one of the two graphs has 'mode'"),
    ],
)
def test_what_differs_is_named(change, message):
    one, other = (replace(union(seed), constants={"mode": "a"}) for seed in (0, 1))
    with pytest.raises(ValueError, match=message):
        join_unions([one, replace(other, **change)])


TENSOR = torch.ones(1, 2)


@pytest.mark.parametrize("plain", [[1.0, 2.0], "text", (1, 2), {"a": 1}], ids=str)
@pytest.mark.parametrize("order", [1, -1])
def test_an_input_that_is_a_tensor_in_one_graph_alone_is_named(plain, order):
    parts = [union(1, u=TENSOR), union(2, u=plain)][::order]
    told = r"'u' is a tensor in one graph and ('text'|\w+) in another: make both a tensor"
    with pytest.raises(TypeError, match=told):
        join_unions(parts)


def test_a_number_beside_tensors_is_a_row():
    joined = join_unions([union(1, u=torch.ones(1)), union(2, u=2.0)])
    assert joined.extras["u"].value.tolist() == [1, 2]
