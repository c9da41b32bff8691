"""Pairs that have converged are left out, and everything is as if they were not."""

from dataclasses import replace

import pytest
import torch
from explain.self_learned.solver.problems import drawn_to, objective, quadratic
from torch import Tensor

from pyg_siamex.explain.self_learned.solver import (
    DescentAscent,
    KLDescent,
    MaskProblem,
    Objective,
    Solver,
)

SIZE, PAIRS = 6, 8


def some(chosen: Tensor, calls: list[int]) -> Objective:
    """The sum of some of eight quadratics, from round to narrow ones; notes how many at each call.

    Args:
        chosen: Their numbers.
        calls: The notes.
    """
    alone = [objective(*quadratic(SIZE, k, 1.0 + 20 * k)) for k in chosen.tolist()]

    def evaluate(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        calls.append(len(alone))
        found = [one(part) for one, part in zip(alone, masks.split(SIZE), strict=True)]
        values = torch.cat([value["objective"] for _, value in found])
        return torch.cat([slope for slope, _ in found]), {"objective": values}

    return evaluate


def problem(calls: list[int]) -> MaskProblem:
    """Eight pairs, one for each quadratic."""
    scores = torch.rand(PAIRS * SIZE, generator=torch.Generator().manual_seed(0)).double()
    pair = torch.arange(PAIRS).repeat_interleave(SIZE)
    return drawn_to(some(torch.arange(PAIRS), calls), scores, pair)


@pytest.mark.parametrize(
    "solver",
    [
        DescentAscent(100, tolerance=1e-3),
        DescentAscent(100, tolerance=1e-3, extragradient=True),
        KLDescent(1.0, 400, tolerance=1e-2),
    ],
    ids=["gda", "extragradient", "kl"],
)
def test_the_solution_is_that_of_all_pairs_at_fewer_evaluations(solver: Solver) -> None:
    whole, fewer = [], []
    expected = solver.solve(problem(whole))
    found = solver.solve(replace(problem(fewer), restrict=lambda chosen: some(chosen, fewer)))
    assert int(expected.converged.sum()) >= 3 and len(set(expected.steps.tolist())) > 3
    assert set(whole) == {PAIRS} and len(fewer) == len(whole) and sum(fewer) < 0.95 * sum(whole)
    assert fewer == sorted(fewer, reverse=True)
    assert torch.equal(found.masks, expected.masks)
    assert torch.equal(found.steps, expected.steps)
    for name, values in found.trajectory.items():
        for pair, rows in enumerate(expected.steps.tolist()):
            own = expected.trajectory[name][:rows, pair]
            torch.testing.assert_close(values[:rows, pair], own, rtol=0, atol=0, equal_nan=True)
            # the last row is of all pairs
            torch.testing.assert_close(values[-1, pair], own[-1], equal_nan=True)
