import torch

from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep, Signal
from pyg_siamex.explain.relevance.lrp.origins import Origins

STEP = LinearStep(torch.zeros(2, 3), None, None, 0.0, "generalised")


def test_each_tensor_has_its_own_origin():
    origins, (step, signal, other) = Origins(), torch.zeros(3, 2, 3).unbind()
    shifted = Signal(torch.ones(2, 3), torch.ones(2, 3))
    assert origins.remember(step, STEP) is step
    origins.remember(signal, shifted)
    assert origins.step(step) is STEP and origins.signal(step).data is step
    assert origins.step(signal) is None and origins.signal(signal) is shifted
    assert origins.step(other) is None and origins.signal(other).constant is None
    assert origins.step(3.0) is None


def test_a_tensor_that_changes_in_place_is_forgotten():
    origins, x = Origins(), torch.zeros(2, 3)
    origins.remember(x, STEP)
    origins.forget(x)
    origins.forget(x)
    assert origins.step(x) is None


def test_a_new_tensor_never_inherits_an_origin():
    origins = Origins()
    for _ in range(100):
        origins.remember(torch.zeros(1), STEP)
    assert all(origins.step(torch.zeros(1)) is None for _ in range(100))
