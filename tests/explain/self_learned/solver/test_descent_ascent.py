"""Masks and multipliers of gradient descent-ascent against an independent solver."""

import numpy as np
import pytest
import torch
from explain.self_learned.solver.problems import chain, held, objective, quadratic, solution
from torch import Tensor

from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.solver import DescentAscent, Solution


def solve(
    solver: DescentAscent, size: int = 6, seed: int = 0, delta: float = 0.3
) -> tuple[Solution, np.ndarray, np.ndarray]:
    hessian, minimum = quadratic(size, seed)
    constraints = chain(size, seed + 1, delta)
    start, pair = torch.full((size,), 0.5, dtype=torch.double), torch.zeros(size, dtype=torch.long)
    found = solver.solve(held(objective(hessian, minimum), constraints, start, pair))
    return found, *solution(hessian, minimum, constraints)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "solver",
    [
        DescentAscent(3000, tolerance=1e-6),
        DescentAscent(3000, momentum=0, tolerance=1e-6),
        DescentAscent(3000, momentum=0.9, tolerance=1e-6),
        DescentAscent(3000, ascent_steps=1, tolerance=1e-6),
        DescentAscent(3000, ascent_steps=1, ratio=0.3, tolerance=1e-6),
        DescentAscent(3000, ascent_steps=1, ratio=0.5, extragradient=True, tolerance=1e-6),
    ],
    ids=[
        "ascents",
        "no momentum",
        "much momentum",
        "alternating",
        "slow multipliers",
        "extragradient",
    ],
)
def test_the_constrained_optimum_is_found_with_its_multipliers(
    solver: DescentAscent, seed: int
) -> None:
    found, masks, multipliers = solve(solver, seed=seed)
    assert bool(found.converged[0])
    np.testing.assert_allclose(found.masks.numpy(), masks, atol=1e-3)
    np.testing.assert_allclose(found.multipliers.numpy(), multipliers, atol=1e-3)


def test_regularised_multipliers_leave_a_violation_of_rho_times_the_multiplier() -> None:
    found, _, _ = solve(DescentAscent(1500, rho=0.05, tolerance=1e-6))
    active = found.multipliers > 1e-3
    assert active.any()
    expected = 0.05 * found.multipliers.max()
    assert float(found.trajectory["violation"][-1, 0]) == pytest.approx(float(expected), rel=1e-3)


def test_without_constraints_descent_finds_the_nearest_masks_in_the_unit_box() -> None:
    minimum = torch.tensor([-0.5, 0.2, 1.7], dtype=torch.double)
    none = torch.empty(0, dtype=torch.long)
    box = torch.zeros_like(minimum), torch.ones_like(minimum)
    constraints = OrderConstraints(torch.arange(3), none, none, minimum[:0], *box)
    identity, start = torch.eye(3, dtype=torch.double), torch.full_like(minimum, 0.5)
    problem = held(objective(identity, minimum), constraints, start, none.new_zeros(3))
    found = DescentAscent(500, tolerance=1e-9).solve(problem)
    torch.testing.assert_close(found.masks, minimum.clamp(0, 1), atol=1e-6, rtol=0)


def test_the_last_row_of_the_trajectory_is_what_the_tolerance_asks_for() -> None:
    found, _, _ = solve(DescentAscent(3000, tolerance=1e-4))
    last = {
        name: float(value[int(found.steps[0]) - 1, 0]) for name, value in found.trajectory.items()
    }
    for name in ("violation", "stationarity_masks", "stationarity_multipliers"):
        assert last[name] <= 1e-4
    before = {n: float(v[int(found.steps[0]) - 2, 0]) for n, v in found.trajectory.items()}
    assert max(before["violation"], before["stationarity_masks"]) > 1e-4 or (
        before["stationarity_multipliers"] > 1e-4
    )


def test_a_run_that_is_cut_short_says_so() -> None:
    found, _, _ = solve(DescentAscent(3, tolerance=1e-6))
    assert not bool(found.converged[0])
    assert found.steps.tolist() == [4]


def test_multipliers_that_are_too_fast_do_not_converge() -> None:
    found, _, _ = solve(DescentAscent(500, ascent_steps=10, ratio=8.0, tolerance=1e-6))
    assert not bool(found.converged[0])


def test_masks_satisfy_every_constraint_even_when_cut_short() -> None:
    hessian, minimum = quadratic(30, 3)
    constraints = chain(30, 4, 0.5)
    start, pair = torch.rand(30, dtype=torch.double), torch.zeros(30, dtype=torch.long)
    found = DescentAscent(2).solve(held(objective(hessian, minimum), constraints, start, pair))
    assert float(constraints.violation(found.masks).max()) <= 1e-12
    assert (found.masks[constraints.upper] > found.masks[constraints.lower]).all()


def test_pairs_are_solved_as_if_alone() -> None:
    problems = [(*quadratic(5, k), chain(5, 10 + k, 0.2)) for k in range(3)]

    def joint(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        parts = [
            objective(h, m)(part) for (h, m, _), part in zip(problems, masks.split(5), strict=True)
        ]
        values = torch.cat([value["objective"] for _, value in parts])
        return torch.cat([slope for slope, _ in parts]), {"objective": values}

    shift = torch.arange(3).repeat_interleave(4) * 5
    constraints = OrderConstraints(
        torch.arange(15),
        torch.cat([c.upper for *_, c in problems]) + shift,
        torch.cat([c.lower for *_, c in problems]) + shift,
        torch.cat([c.margin for *_, c in problems]),
        torch.zeros(15, dtype=torch.double),
        torch.ones(15, dtype=torch.double),
    )
    solver = DescentAscent(200, tolerance=1e-3)
    start = torch.full((15,), 0.5, dtype=torch.double)
    pair = torch.arange(3).repeat_interleave(5)
    together = solver.solve(held(joint, constraints, start, pair))
    for k, (hessian, minimum, own) in enumerate(problems):
        alone = solver.solve(held(objective(hessian, minimum), own, start[:5], pair[:5]))
        torch.testing.assert_close(together.masks.split(5)[k], alone.masks, atol=1e-12, rtol=0)
        assert together.steps[k] == alone.steps[0]
        assert together.of_pair(k)["trajectory"].keys() == alone.of_pair(0)["trajectory"].keys()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps must be at least 1"),
        ({"ascent_steps": 0}, "ascent_steps must be at least 1"),
        ({"ratio": 0.0}, "ratio must be above 0"),
        ({"rho": -1.0}, "rho must be at least 0"),
        ({"tolerance": -1.0}, "tolerance must be at least 0"),
    ],
)
def test_settings_out_of_range_are_named(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DescentAscent(**arguments)


@pytest.mark.parametrize("extragradient", [False, True])
@pytest.mark.parametrize("start", [0.0, 0.3, 0.8, 1.0])
def test_a_kink_between_the_points_of_a_step_shortens_it(start: float, extragradient: bool) -> None:
    def bowl(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        gradient = (100 * (masks - 0.45)).clamp(-1, 1)
        return gradient, {"objective": gradient.square()}

    none = torch.empty(0, dtype=torch.long)
    masks = torch.tensor([start], dtype=torch.double)
    box = torch.zeros_like(masks), torch.ones_like(masks)
    constraints = OrderConstraints(torch.arange(1), none, none, masks[:0], *box)
    solver = DescentAscent(500, extragradient=extragradient, momentum=0, tolerance=1e-3)
    found = solver.solve(held(bowl, constraints, masks, none.new_zeros(1)))
    assert found.converged.all()
    assert float(found.masks) == pytest.approx(0.45, abs=1e-4)
