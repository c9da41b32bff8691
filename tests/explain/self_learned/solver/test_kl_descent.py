"""Masks drawn to a consensus, against closed forms and finite differences."""

import pytest
import torch
from explain.self_learned.solver.problems import drawn_to
from torch import Tensor

from pyg_siamex.explain.self_learned.solver import KLDescent

PAIR = torch.tensor([0, 0, 0, 1, 1])
SCORE = torch.tensor([0.1, 0.5, 0.9, 0.3, 0.6], dtype=torch.double)
SLOPE = torch.tensor([0.4, -0.3, 0.2, 0.0, 1.0], dtype=torch.double)


def linear(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    value = torch.zeros(2, dtype=masks.dtype).index_add(0, PAIR, SLOPE * masks)
    return SLOPE, {"objective": value}


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_a_linear_objective_shifts_the_logits_of_the_score(optimiser: str) -> None:
    solver = KLDescent(2.0, 3000, optimiser=optimiser, tolerance=1e-7)
    found = solver.solve(drawn_to(linear, SCORE, PAIR))
    assert found.converged.all()
    expected = (SCORE.logit() - SLOPE / 2.0).sigmoid()
    torch.testing.assert_close(found.masks, expected, atol=1e-5, rtol=0)


def test_without_an_objective_masks_are_the_consensus() -> None:
    def nothing(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return torch.zeros_like(masks), {"objective": torch.zeros(2, dtype=masks.dtype)}

    found = KLDescent().solve(drawn_to(nothing, SCORE, PAIR))
    torch.testing.assert_close(found.masks, SCORE)
    assert found.steps.tolist() == [1, 1]


def test_scores_of_zero_and_one_leave_masks_free_to_move() -> None:
    score = torch.tensor([0.0, 1.0], dtype=torch.double)

    def push(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return torch.tensor([-5.0, 5.0], dtype=masks.dtype), {"objective": masks.sum()[None]}

    pair = torch.zeros(2, dtype=torch.long)
    found = KLDescent(1.0, 2000, tolerance=1e-6).solve(drawn_to(push, score, pair))
    assert found.masks.isfinite().all()
    assert float(found.masks[0]) > 0.5 > float(found.masks[1])


@pytest.mark.parametrize("form", ["bernoulli", "categorical"])
def test_the_pull_is_the_gradient_of_the_divergence(form: str) -> None:
    solver = KLDescent(form=form)
    theta = torch.randn(5, dtype=torch.double, generator=torch.Generator().manual_seed(0))

    def divergence(masks: Tensor) -> Tensor:
        values, _ = solver._divergence(masks, masks.logit(), SCORE, PAIR)
        counts = PAIR.bincount()[PAIR]
        return (values / counts).sum()

    masks = theta.sigmoid().requires_grad_()
    (expected,) = torch.autograd.grad(divergence(masks), masks)
    with torch.no_grad():
        _, pull = solver._divergence(theta.sigmoid(), theta, SCORE, PAIR)
    torch.testing.assert_close(pull / PAIR.bincount()[PAIR], expected)


def test_the_divergences_are_those_of_torch_distributions() -> None:
    masks = torch.tensor([0.2, 0.7, 0.4, 0.5, 0.9], dtype=torch.double)
    bernoulli, _ = KLDescent()._divergence(masks, masks.logit(), SCORE, PAIR)
    kl = torch.distributions.kl_divergence
    of = torch.distributions.Bernoulli
    torch.testing.assert_close(bernoulli, kl(of(masks), of(SCORE)))
    categorical, _ = KLDescent(form="categorical")._divergence(masks, masks.logit(), SCORE, PAIR)
    first = kl(
        torch.distributions.Categorical(masks[:3]), torch.distributions.Categorical(SCORE[:3])
    )
    torch.testing.assert_close(categorical[:3].mean(), first)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beta": -0.1}, "beta must be at least 0"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"lr": 0.0}, "lr must be above 0"),
        ({"form": "gaussian"}, "form must be one of"),
        ({"optimiser": "lbfgs"}, "optimiser must be one of"),
        ({"tolerance": -1.0}, "tolerance must be at least 0"),
    ],
)
def test_settings_out_of_range_are_named(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        KLDescent(**arguments)
