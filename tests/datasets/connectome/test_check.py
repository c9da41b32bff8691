"""Matrices that pass, and why others do not."""

import logging

import numpy as np
import pytest
import torch
from connectomes import matrices

from pyg_siamex.datasets.connectome import Connectomes, Subjects
from pyg_siamex.datasets.connectome.check import checked_matrices


def test_matrices_are_symmetric_with_an_empty_diagonal_in_the_given_regions():
    given = matrices(3)
    found = checked_matrices(Subjects(given), regions=[4, 0, 2])
    for k in range(3):
        expected = given[k][[4, 0, 2]][:, [4, 0, 2]] * (1 - np.eye(3))
        np.testing.assert_allclose(found.values[k], expected, rtol=1e-6)
    assert found.values.dtype == torch.float and found.position == [0, 1, 2]


@pytest.mark.parametrize(
    ("way", "make"),
    [
        ("mean", lambda m: (m + m.T) / 2),
        ("upper", lambda m: np.triu(m, 1) + np.triu(m, 1).T),
        ("lower", lambda m: np.tril(m, -1) + np.tril(m, -1).T),
    ],
)
def test_asymmetric_matrices_are_made_symmetric_as_asked(way, make):
    given = np.random.default_rng(0).uniform(-1, 1, (2, 4, 4))
    with pytest.raises(ValueError, match="has an asymmetric matrix"):
        checked_matrices(Subjects(given))
    found = checked_matrices(Subjects(given), asymmetric=way)
    for k in range(2):
        np.testing.assert_allclose(found.values[k], make(given[k] * (1 - np.eye(4))), rtol=1e-6)


def broken(change):
    given = [matrix.copy() for matrix in matrices(3)]
    given[1] = change(given[1])
    return Subjects(given, names=["a", "b", "c"])


def nan_region(matrix):
    matrix[2] = matrix[:, 2] = np.nan
    return matrix


def one_nan(matrix):
    matrix[1, 3] = matrix[3, 1] = np.inf
    return matrix


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m[:4, :4], r"shape \[4, 4\], most have \[6, 6\]"),
        (nan_region, "no finite value for region 2"),
        (one_nan, "2 values that are NaN or infinite, the first from region 1 to region 3"),
        (lambda m: np.eye(6), "all values off the diagonal are 0"),
        (lambda m: matrices(3)[0], "the same matrix as subject 'a'"),
        (lambda m: m.astype(str).astype(object) + "x", "not of numbers"),
    ],
)
def test_a_bad_subject_is_named_or_skipped(change, reason, caplog):
    with pytest.raises(ValueError, match=f"subject 'b' .*{reason}"):
        checked_matrices(broken(change))
    with caplog.at_level(logging.WARNING):
        found = checked_matrices(broken(change), invalid="skip")
    assert found.position == [0, 2] and [r.subject for r in found.rejected] == ["b"]
    assert "left out: subject 'b'" in caplog.text


def test_why_no_subject_is_left_is_told_reason_by_reason():
    given = [np.zeros((3, 3)), np.full((3, 3), np.nan), np.zeros((3, 3)), np.zeros((4, 4))]
    with pytest.raises(ValueError, match="no subject is left of 4") as error:
        checked_matrices(Subjects(given), invalid="skip")
    lines = str(error.value).split(";")
    assert len(lines) == 3 and lines[0].endswith("off the diagonal are 0 (and 1 more)")
    assert all(f"subject '{k}'" in line for k, line in zip("124", lines, strict=True))


def test_matrices_without_numbers_are_named_once():
    with pytest.raises(ValueError, match=r"shape \[0, 0\], which holds no numbers \(and 19 more"):
        checked_matrices(Subjects(np.zeros((20, 0, 0))), invalid="skip")


@pytest.mark.parametrize("count", [3, 8])
def test_one_matrix_for_all_subjects_is_said(count):
    subjects = Subjects([matrices(1)[0]] * count)
    with pytest.raises(ValueError, match=f"all {count} subjects have the same matrix: look at how"):
        Connectomes(subjects, invalid="skip")
    different = Subjects([*[matrices(1)[0]] * count, matrices(2)[1]])
    assert len(Connectomes(different, invalid="skip")) == 2


@pytest.mark.parametrize("arrays", [np.stack(matrices(3))[None], matrices(3)[0]], ids=["4", "2"])
def test_arrays_that_hold_no_matrices_are_told_with_their_dimensions(arrays):
    shape = str(list(arrays[0].shape)).replace("[", r"\[").replace("]", r"\]")
    with pytest.raises(ValueError, match=f"an array of shape {shape}, .* give a list of matrices"):
        checked_matrices(Subjects(arrays))


@pytest.mark.parametrize(
    ("value", "told"), [(999.0, "has 999 from region 0 to region 1"), (1.2, ""), (0.3, "")]
)
def test_a_code_among_correlations_is_told(caplog, value, told):
    matrix = np.full((4, 4), 0.5)
    matrix[0, 1] = matrix[1, 0] = value
    checked_matrices(Subjects([matrix], ["a"]))
    assert told in caplog.text and bool(told) == bool(caplog.text)


def test_a_code_among_counts_is_a_count(caplog):
    matrix = np.full((4, 4), 500.0)
    matrix[0, 1] = matrix[1, 0] = 999
    checked_matrices(Subjects([matrix], ["a"]))
    checked_matrices(Subjects([np.full((4, 4), 9999.0)], ["a"]))
    assert not caplog.text


@pytest.mark.parametrize("invalid", ["raise", "skip"])
@pytest.mark.parametrize("regions", [[0, 9], [-1, 2], [1, 1], []])
def test_regions_that_no_subject_has_are_no_fault_of_subjects(regions, invalid):
    subjects = Subjects(list(matrices(3, 8)))
    with pytest.raises(
        ValueError, match="`regions` must be different positions from 0 to 7"
    ) as told:
        checked_matrices(subjects, regions, invalid=invalid)
    assert "skip" not in str(told.value)


def test_all_of_another_size_are_counted():
    sizes = Subjects([*matrices(4), *matrices(2, 7)])
    with pytest.raises(ValueError, match=r"most have \[6, 6\]; 1 more have another size, too"):
        checked_matrices(sizes)
