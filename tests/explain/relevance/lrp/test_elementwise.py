import pytest
import torch
from torch.nn import functional

from pyg_siamex.explain.relevance import GammaRule
from pyg_siamex.explain.relevance.lrp import elementwise
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


@pytest.fixture
def lrp():
    return Propagation(GammaRule())


@pytest.fixture
def x():
    return torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0], dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("function", [torch.tanh, functional.gelu, functional.elu, torch.sin])
def test_gradient_times_input_of_an_activation_is_its_value(lrp, x, function):
    out = elementwise.activation(lrp, function, (x,), {})
    assert torch.equal(out, function(x))
    (slope,) = torch.autograd.grad(out.sum(), x)
    torch.testing.assert_close(slope * x, function(x))


def test_activations_that_are_not_0_at_0_are_refused(lrp, x):
    with pytest.raises(ValueError, match="not 0 at 0"):
        elementwise.activation(lrp, torch.sigmoid, (x,), {})


@pytest.mark.parametrize("limits", [{"min": 0}, {"max": 0}, {"min": 0.0, "max": None}])
def test_clamps_at_0_keep_their_gradient(lrp, x, limits):
    assert torch.equal(elementwise.clamp(lrp, torch.clamp, (x,), limits), x.clamp(**limits))


@pytest.mark.parametrize("limits", [{"min": -1}, {"max": 1.0}, {"min": torch.zeros(5)}])
def test_clamps_elsewhere_are_refused(lrp, x, limits):
    with pytest.raises(ValueError, match="clamp"):
        elementwise.clamp(lrp, torch.clamp, (x,), limits)


def test_dropout_is_the_identity_in_evaluation_mode_alone(lrp, x):
    assert elementwise.dropout(lrp, functional.dropout, (x, 0.5, False), {}) is x
    assert elementwise.dropout(lrp, functional.dropout, (x,), {"p": 0.0}) is x
    with pytest.raises(ValueError, match="training mode"):
        elementwise.dropout(lrp, functional.dropout, (x,), {})
