import pytest
import torch
from explain.relevance.lrp import dense

from pyg_siamex.explain.relevance.lrp.linear_step import Signal, contributions

KINDS = ["generalised", "source"]


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def step_of(kind, gamma=0.5, seed=0):
    x, weight, bias = drawn(6, 5, seed=seed), drawn(3, 5, seed=seed + 1), drawn(3, seed=seed + 2)
    return contributions(Signal(x), weight, bias, gamma, kind), x, weight, bias


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gamma", [0.0, 0.25, 2.0])
def test_the_modified_map_is_the_sum_of_modified_contributions(kind, gamma):
    step, x, weight, bias = step_of(kind, gamma)
    p = x.unsqueeze(1) * weight
    z = p.sum(2) + bias
    parts, shift = dense.modified(p, weight, bias, z, gamma, kind)
    torch.testing.assert_close(step.value(), z)
    torch.testing.assert_close(step.modified_value(step.modified()), parts.sum(2) + shift)


@pytest.mark.parametrize("kind", KINDS)
def test_a_scaled_map_is_the_map_of_scaled_weights(kind):
    step, x, weight, bias = step_of(kind)
    scale = torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64)
    expected = contributions(Signal(x), scale.unsqueeze(1) * weight, scale * bias, 0.5, kind)
    found = step.scaled(scale)
    torch.testing.assert_close(found.linear, expected.linear)
    torch.testing.assert_close(found.positive, expected.positive)
    torch.testing.assert_close(found.bias, expected.bias)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sum_of_two_maps_is_the_map_of_both_inputs(kind):
    (a, x, v, _), (b, y, w, _) = step_of(kind), step_of(kind, seed=7)
    both = contributions(Signal(torch.cat([x, y], 1)), torch.cat([v, w], 1), None, 0.5, kind)
    found = a.plus(b)
    torch.testing.assert_close(found.linear, both.linear)
    torch.testing.assert_close(found.positive, both.positive)
    torch.testing.assert_close(found.bias, a.bias + b.bias)


def test_a_constant_part_of_the_signal_is_a_bias():
    x, weight, constant = drawn(6, 5), drawn(3, 5, seed=1), drawn(6, 5, seed=2)
    step = contributions(Signal(x, constant), weight, None, 0.5, "generalised")
    torch.testing.assert_close(step.bias, constant @ weight.T)
    torch.testing.assert_close(step.shifted(None).bias, step.bias)
    torch.testing.assert_close(step.shifted(step.bias).bias, 2 * step.bias)
