import pytest
import torch
from torch.nn import functional
from torch_geometric.data import Data

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.relevance import GammaRule
from pyg_siamex.explain.relevance.lrp import elementwise
from pyg_siamex.explain.relevance.lrp.ledger import Ledger
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


@pytest.mark.parametrize("function", [functional.softplus, functional.logsigmoid])
def test_the_value_of_an_activation_at_0_is_a_bias(x, function):
    """Relevance of the inputs and what is booked sum to the value, whatever the input."""
    lrp = Propagation(GammaRule())
    inputs = GraphInputs.from_data(Data(x=x.detach()[:, None], edge_index=torch.zeros(2, 0).long()))
    lrp.ledger = Ledger(inputs, torch.float64)
    out = elementwise.activation(lrp, function, (x,), {})
    slope, bias = torch.autograd.grad(out.sum(), [x, lrp.ledger.gates["bias"]])
    start = function(torch.zeros(1, dtype=torch.float64))
    torch.testing.assert_close(slope * x, function(x) - start)
    torch.testing.assert_close(bias, 5 * start)


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
