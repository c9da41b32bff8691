"""Each pair's record ends with the step at which it converged."""

import torch

from pyg_siamex.explain.self_learned.solver.solution import Record, pair_max, pair_rms, pair_sum


def test_a_pair_keeps_the_rows_up_to_its_convergence():
    record = Record(3, torch.device("cpu"))
    for step in range(4):
        done = torch.tensor([step == 1, step == 3, False])
        record.add({"objective": torch.arange(3.0) + 10 * step}, done)
    solution = record.solution(torch.ones(5), torch.empty(0))
    assert solution.steps.tolist() == [2, 4, 4]
    assert solution.converged.tolist() == [True, True, False]
    assert solution.of_pair(0) == {"converged": True, "trajectory": {"objective": [0.0, 10.0]}}
    assert solution.of_pair(2)["trajectory"]["objective"] == [2.0, 12.0, 22.0, 32.0]


def test_reductions_over_the_elements_of_each_pair():
    values = torch.tensor([3.0, -4.0, -1.0, -2.0])
    pair = torch.tensor([0, 0, 2, 2])
    assert pair_sum(values, pair, 4).tolist() == [-1.0, 0.0, -3.0, 0.0]
    assert pair_max(values, pair, 4).tolist() == [3.0, 0.0, 0.0, 0.0]
    expected = torch.tensor([12.5, 0.0, 2.5, 0.0]).sqrt()
    torch.testing.assert_close(pair_rms(values, pair, 4), expected)
