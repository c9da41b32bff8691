"""Gradients by masks."""

import numpy as np
import pytest
import torch

from pyg_siamex.explain.engine.gradients import gradients


def test_leaves_without_effect_have_gradient_0():
    used, unused = torch.ones(3, requires_grad=True), torch.ones(2, requires_grad=True)
    found = gradients((used**2).sum(), [used, unused])
    assert [value.tolist() for value in found] == [[2, 2, 2], [0, 0]]


def test_a_number_that_depends_on_no_leaf_has_gradient_0():
    leaf = torch.ones(3, requires_grad=True)
    (found,) = gradients(torch.tensor(1.0), [leaf])
    assert found.tolist() == [0, 0, 0]


def test_the_graph_of_operations_is_kept_on_request():
    leaf = torch.ones(2, requires_grad=True)
    total = leaf.prod()
    assert gradients(total, [leaf], retain=True)[0].tolist() == [1, 1]
    assert gradients(total, [leaf])[0].tolist() == [1, 1]


def test_what_has_no_gradient_is_named():
    used, fixed = torch.ones(3, requires_grad=True), torch.ones(2)
    with pytest.raises(ValueError, match=r"leaves\[1\] requires no gradients"):
        gradients(used.sum(), [used, fixed])
    with pytest.raises(ValueError, match=r"total must be one number \(got \[3\]\)"):
        gradients(used * 2, [used])
    with pytest.raises(TypeError, match=r"leaves\[0\] must be a tensor \(got ndarray\)"):
        gradients(used.sum(), np.ones((1, 2)))


def test_no_leaves_have_no_gradients():
    assert gradients(torch.ones(1, requires_grad=True).sum(), []) == []
