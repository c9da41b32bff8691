import logging

import numpy as np
import pytest

from pyg_siamex.datasets.connectome.check import checked_matrices
from pyg_siamex.datasets.connectome.odd_measure import Measured, say_odd
from pyg_siamex.datasets.connectome.subjects import Subjects


def correlations(count: int = 8) -> list[np.ndarray]:
    drawn = np.random.default_rng(0)
    return [np.corrcoef(drawn.normal(size=(5, 30))) for _ in range(count)]


def told(arrays: list[np.ndarray], caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        checked_matrices(Subjects(arrays, [f"s{k}" for k in range(len(arrays))]))
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda m: m * 37, "37 on its diagonal, and 7 of 8 have 1"),
        (lambda m: -m, "-1 on its diagonal, and 7 of 8 have 1"),
        (lambda m: 1 - m, "0 on its diagonal, and 7 of 8 have 1"),
        (lambda m: m * np.outer(range(1, 6), range(1, 6)), "different values on its diagonal"),
    ],
    ids=["scaled", "negated", "distance", "covariance"],
)
def test_another_measure_is_told_by_its_diagonal(change, expected, caplog):
    arrays = correlations()
    arrays[3] = change(arrays[3])
    found = told(arrays, caplog)
    assert len(found) == 1 and found[0].startswith("subject 's3' has ") and expected in found[0]


def test_another_measure_is_told_by_its_range(caplog):
    arrays = [matrix - np.eye(5) for matrix in correlations()]
    arrays[3] = arrays[3] * 37
    (found,) = told(arrays, caplog)
    assert found.startswith("subject 's3' has values up to ")
    assert "off its diagonal, and 7 of 8 have none beyond 1" in found


def test_subjects_of_one_measure_are_not_doubted(caplog):
    drawn = np.random.default_rng(1)
    counts = [drawn.poisson(30 * (k + 1), size=(5, 5)) for k in range(8)]
    streamlines = [np.triu(one, 1) + np.triu(one, 1).T for one in counts]
    covariances = [np.cov(drawn.normal(size=(5, 30))) for _ in range(8)]
    fisher = [np.arctanh(m - np.eye(5)) * 2 for m in correlations()]
    for arrays in (correlations(), correlations(2), streamlines, covariances, fisher):
        assert told(list(arrays), caplog) == []


def test_diagonals_of_nan_are_no_other_measure(caplog):
    arrays = correlations()
    for matrix in arrays:
        np.fill_diagonal(matrix, np.nan)
    assert told(arrays, caplog) == []


@pytest.mark.parametrize("odd", [2, 3, 4])
def test_several_of_another_measure_are_told(caplog, odd):
    usual = [Measured(f"subject {k}", 1.0, 0.7) for k in range(5)]
    say_odd([*usual, *(Measured(f"odd {k}", None, 2.0) for k in range(odd))])
    assert f"odd 0 has different values on its diagonal, and 5 of {5 + odd} have 1" in caplog.text
    assert f"({odd - 1} more do not fit either)" in caplog.text


@pytest.mark.parametrize(("diagonal", "told"), [(1.0, True), (0.0, False)])
def test_correlations_among_covariances_are_told(caplog, diagonal, told):
    usual = [Measured(f"subject {k}", None, 2.0) for k in range(5)]
    say_odd([*usual, Measured("odd", diagonal, 0.7)])
    assert told == ("odd has 1 on its diagonal, and 5 of 6 have different values" in caplog.text)
    assert told == bool(caplog.text)


def test_regions_without_connections_have_no_diagonal():
    matrix = np.full((5, 5), 0.5)
    np.fill_diagonal(matrix, 1)
    matrix[3] = matrix[:, 3] = 0
    assert Measured.of(matrix, "filled").diagonal == 1
    assert Measured.of(np.zeros((5, 5)), "empty").diagonal is None
