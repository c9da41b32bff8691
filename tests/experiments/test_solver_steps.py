"""Numbers of steps of both solvers."""

import pandas as pd
import pytest
from solver_steps.measure import KEYS, measure
from solver_steps.report import report

UNIT = {"set": "two_motifs", "seed": 0}
SIZES = {"queries": 2, "references": 2, "of_another": 0, "repeats": 1, "counts": [2, 25]}


@pytest.mark.slow
def test_more_steps_are_nearer_to_the_optimum(tmp_path):
    assert {*UNIT, *SIZES} == set(KEYS)
    rows = measure(UNIT | SIZES)
    found = rows.set_index(["solver", "count", "measure"])["value"]
    for solver in ("GDA", "KL"):
        assert found[solver, 25, "objective"] < found[solver, 2, "objective"]
        assert found[solver, 25, "stationarity"] < found[solver, 2, "stationarity"]
        assert found[solver, 25, "AUROC"] > 0.9
    report(rows.assign(**UNIT), tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert "| GDA | 25 | " in page and page.count("| 1.00 |\n") >= 2


def test_time_is_relative_to_the_default_of_the_same_model(tmp_path):
    rows = [
        ("nci", seed, "GDA", count, measure, value)
        for seed, unit in ((0, 1.0), (1, 3.0))
        for count, seconds in ((5, 0.5), (25, 1.0))
        for measure, value in {
            "seconds": seconds * unit,
            **dict.fromkeys(["AUROC", "stability", "insertion - deletion"], 0.5),
            **dict.fromkeys(["objective", "stationarity", "converged"], 0.5),
        }.items()
    ]
    frame = pd.DataFrame(rows, columns=["set", "seed", "solver", "count", "measure", "value"])
    report(pd.concat([frame, frame.assign(solver="KL")]), tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert "| GDA | 5 | 0.500 | 0.500 | 0.500 | 0.5000 | 0.5000 | 0.50 | 0.50 |" in page
