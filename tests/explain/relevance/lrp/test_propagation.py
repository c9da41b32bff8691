import pytest
import torch
from explain.relevance.lrp import dense
from torch import nn

from pyg_siamex.explain.relevance import GammaRule
from pyg_siamex.explain.relevance.lrp.linear_step import Signal
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("kind", ["generalised", "source"])
def test_gradient_times_input_of_a_step_is_its_relevance(kind):
    x, weight, bias = drawn(6, 5).requires_grad_(), drawn(3, 5, seed=1), drawn(3, seed=2)
    lrp = Propagation(GammaRule(0.5, 1e-3, kind), [0.5])
    out = lrp.emit(lrp.step(Signal(x), weight, bias))
    torch.testing.assert_close(out, x @ weight.T + bias)
    R = drawn(6, 3, seed=3)
    (slope,) = torch.autograd.grad((out * R).sum(), x)
    layer = dense.Layer([], weight, bias, False)
    a = x.detach()
    expected = dense.linear_back(a, layer, out.detach() * R, 0.5, 1e-3, kind)
    torch.testing.assert_close(slope * a, expected)


def test_an_output_keeps_the_value_that_the_model_computed():
    x, weight, value = drawn(6, 5).requires_grad_(), drawn(3, 5, seed=1), drawn(6, 3, seed=2)
    lrp = Propagation(GammaRule(), [0.25])
    assert torch.equal(lrp.emit(lrp.step(Signal(x), weight, None), value), value)


def test_an_output_is_remembered_as_its_step():
    x, weight = drawn(6, 5).requires_grad_(), drawn(3, 5, seed=1)
    lrp = Propagation(GammaRule(), [0.25])
    step = lrp.step(Signal(x), weight, None)
    assert lrp.origins.step(lrp.emit(step)) is step


def test_steps_are_counted_by_the_layer_that_runs():
    lrp = Propagation(GammaRule(), [0.25, 0.5])
    x, weight = drawn(6, 5), drawn(3, 5, seed=1)
    for path, gamma in (("first", 0.25), ("second", 0.5)):
        lrp.running.enter(path, nn.Identity())
        step = lrp.step(Signal(x), weight, None)
        assert step.gamma == gamma
        lrp.branch(Signal(x), weight, None, gamma)
        lrp.running.leave()
    assert lrp.layers == ["first", "second"]


def test_without_a_ledger_nothing_is_booked():
    out = drawn(6, 3)
    assert Propagation(GammaRule()).absorb(out, out, "bias") is out


def test_a_pause_ends_after_an_error():
    lrp = Propagation(GammaRule())
    with pytest.raises(KeyError), lrp.unseen():
        assert lrp.paused
        raise KeyError
    assert not lrp.paused
