"""Arguments of intercepted operations are found wherever they were given."""

import torch
from torch.nn import functional

from pyg_siamex.explain.relevance.lrp.arguments import carries, in_place, named, plain


def test_arguments_by_position_by_name_and_by_default():
    names = ("input", "dim", "keepdim")
    assert named((1, 2), {"keepdim": True}, names) == [1, 2, True]
    assert named((1,), {}, names, {"dim": 7}) == [1, 7, None]
    assert named((1, 2, 3, 4), {}, names) == [1, 2, 3]


def test_relevance_is_carried_by_tensors_at_any_depth():
    x, constant = torch.ones(1, requires_grad=True), torch.ones(1)
    assert all(carries(v) for v in (x, [constant, x], ({"a": (x,)},), {"b": [[x]]}))
    assert not any(carries(v) for v in (constant, [constant], {"a": 2}, "x", None))


def test_the_twin_of_an_in_place_method_gives_the_same_and_changes_nothing():
    for name, args in [("add_", (2.0,)), ("relu_", ()), ("mul_", (3.0,)), ("clamp_", (-0.5, 0.5))]:
        method = getattr(torch.Tensor, name)
        x = torch.tensor([-1.0, 2.0])
        found = plain(method)(x, *args)
        assert in_place(method) and torch.equal(x, torch.tensor([-1.0, 2.0]))
        assert torch.equal(found, method(x, *args))
    assert in_place(torch.Tensor.__setitem__) and not in_place(torch.Tensor.add)
    assert plain(functional.relu) is functional.relu
    assert plain(torch.Tensor.index_add_) is torch.Tensor.index_add_
