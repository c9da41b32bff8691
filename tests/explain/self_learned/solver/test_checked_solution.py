"""Results of solvers of one's own that are no solution are refused by name."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.explain import SelfLearned
from pyg_siamex.explain.self_learned.solver import Solution
from pyg_siamex.explain.self_learned.solver.checked_solution import check_solution


def solution(masks, **parts):
    """A solution of 2 pairs."""
    right = {
        "multipliers": torch.empty(0),
        "trajectory": {"objective": torch.zeros(3, 2)},
        "steps": torch.tensor([3, 2]),
        "converged": torch.tensor([True, False]),
    }
    return Solution(masks, **{**right, **parts})


HALVES = torch.full((5,), 0.5)


@pytest.mark.parametrize("value", [0.0, 1.0, 1 + 1e-6, -1e-6])
def test_masks_up_to_their_bounds_are_taken(value):
    check_solution(solution(torch.full((5,), value)), 5, 2, "own")


@pytest.mark.parametrize(
    ("found", "error", "message"),
    [
        (None, TypeError, r"the solver own must return a Solution \(got None"),
        (HALVES, TypeError, "must return a Solution"),
        (solution(None), TypeError, "masks of the solver own must be a tensor"),
        (solution(HALVES[1:]), ValueError, r"masks of the solver own must be \[5\] \(got \[4\]"),
        (solution(HALVES[:, None]), ValueError, r"must be \[5\] \(got \[5, 1\]"),
        (solution(HALVES > 0), TypeError, r"must be floats \(got torch.bool"),
        (solution(10 * HALVES), ValueError, r"must be in \[0, 1\] \(got 5\)"),
        (solution(-HALVES), ValueError, r"must be in \[0, 1\] \(got -0.5\)"),
        (solution(HALVES, steps=3), TypeError, "steps of the solver own must be a tensor"),
        (solution(HALVES, converged=torch.ones(3)), ValueError, r"converged .* \[2\] \(got \[3\]"),
        (solution(HALVES, trajectory=None), TypeError, "trajectory of the solver own must be a"),
        (solution(HALVES, trajectory={"a": [1.0]}), TypeError, "'a' of the solver own must be a"),
        (solution(HALVES, trajectory={"a": torch.ones(2)}), ValueError, r"\[T, 2\] \(got \[2\]"),
    ],
)
def test_what_is_no_solution_is_refused(found, error, message):
    with pytest.raises(error, match=message):
        check_solution(found, 5, 2, "own")


class Own:
    """A solver that returns what a function makes of the start."""

    name = "own"

    def __init__(self, make):
        self.make = make

    def solve(self, problem):
        return self.make(problem.start)


@pytest.mark.parametrize("signed", [False, True])
def test_an_explanation_by_a_wrong_solver_is_refused(signed):
    model = SiameseGNN(GIN(FEATURES, 4, 1), "add").eval()
    pairs = [random_graph(4, 1), random_graph(5, 2)], [random_graph(4, 3), random_graph(4, 4)]
    for make in (lambda start: solution(5 + start), lambda start: solution(start[1:])):
        algorithm = SelfLearned(Own(make), signed=signed)
        with pytest.raises(ValueError, match="masks of the solver own must be"):
            PairExplainer(model, algorithm, edge_mask_type="object").explain(*pairs)
    right = SelfLearned(Own(lambda start: solution(torch.ones_like(start))), signed=signed)
    assert len(PairExplainer(model, right, edge_mask_type="object").explain(*pairs)) == 2
