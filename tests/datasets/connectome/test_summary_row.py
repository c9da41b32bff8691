"""Rows that sum up a series are told from time points, and time points are left alone."""

import numpy as np
import pytest

from pyg_siamex.datasets.connectome.array_file import read_array
from pyg_siamex.datasets.connectome.summary_row import check_summary_rows

SUMMARIES = {
    "mean": lambda rows: rows.mean(0),
    "sum": lambda rows: rows.sum(0),
    "standard deviation": lambda rows: rows.std(0),
    "standard deviation of samples": lambda rows: rows.std(0, ddof=1),
}


def _series(digits=4, regions=5, seed=0):
    return np.round(np.random.default_rng(seed).normal(2, 3, (40, regions)), digits)


@pytest.mark.parametrize("name", SUMMARIES)
@pytest.mark.parametrize("digits", [3, 4, 17])
@pytest.mark.parametrize("below", [0, 2])
def test_a_row_that_sums_the_others_up_is_no_time_point(name, digits, below):
    rows = _series(digits)
    more = [np.round(np.abs(rows).max(0) + k, digits) for k in range(below)]
    table = np.vstack([rows, np.round(SUMMARIES[name](rows), digits), *more])
    told = f"row 41 of its numbers, of {41 + below}, is the {name.split(' of')[0]} of all rows"
    with pytest.raises(ValueError, match=told):
        check_summary_rows(table)


@pytest.mark.parametrize("ending", [".csv", ".npy"])
@pytest.mark.parametrize("header", [True, False])
def test_files_with_such_a_row_are_refused_by_name(tmp_path, ending, header):
    rows = _series()
    table, path = np.vstack([rows, rows.mean(0).round(4)]), tmp_path / f"a{ending}"
    if ending == ".npy":
        np.save(path, table.astype("f4" if header else "f8"))
    else:
        np.savetxt(path, table, "%.4f", ",", header="a,b,c,d,e" if header else "", comments="")
    with pytest.raises(ValueError, match=f"a{ending} cannot be read: row 41 .* is the mean"):
        read_array(path)


@pytest.mark.parametrize("odd", [np.nan, np.inf, 1e300])
def test_regions_that_lack_hide_no_such_row(odd):
    rows = _series()
    table = np.vstack([rows, rows.mean(0)])
    table[:, 1] = odd
    with pytest.raises(ValueError, match="is the mean of all rows above"):
        check_summary_rows(table)
    check_summary_rows(np.full((6, 3), odd))


@pytest.mark.parametrize("seed", range(20))
def test_rows_that_are_time_points_are_left_alone(seed):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(30, 1))
    for noise in (0, 0.1, 1):
        for digits in (0, 1, 4):
            check_summary_rows(np.round(shared + noise * rng.normal(size=(30, 40)), digits))
    check_summary_rows(rng.poisson(0.1, (30, 40)))
    walk = np.cumsum(rng.normal(size=(30, 4)), 0)
    check_summary_rows(walk - walk.mean(0))


@pytest.mark.parametrize("start", [0, 1])
def test_waves_that_end_at_zero_are_left_alone(start):
    time = np.arange(start, 41) / 40
    check_summary_rows(np.stack([np.sin(2 * np.pi * k * time) for k in range(1, 6)], 1))
    check_summary_rows(np.stack([np.cos(2 * np.pi * k * time) for k in range(1, 6)], 1))
    check_summary_rows(np.tile(time[:, None] ** 2, 5))
    check_summary_rows(np.full((6, 4), 3.0))
