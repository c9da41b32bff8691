import logging

import numpy as np
import pytest
from connectomes import matrices, series

from pyg_siamex.datasets.connectome import Connectomes, Subjects, complete_regions, missing_regions

GONE = {1: [4], 2: [0, 4]}


def subjects(arrays, missing):
    """Subjects with regions missing, those of each subject in ``GONE``."""
    arrays = [np.array(array) for array in arrays]
    for k, regions in GONE.items():
        missing(arrays[k], regions)
    return Subjects(arrays)


def without_rows(matrix, regions):
    matrix[regions] = matrix[:, regions] = np.nan


def without_signal(signal, regions):
    signal[:, regions[0]] = np.nan
    signal[:, regions[-1]] = 7


@pytest.mark.parametrize(
    ("arrays", "missing"), [(matrices(4), without_rows), (series(4), without_signal)]
)
def test_regions_that_some_lack_are_left_out_of_all(arrays, missing, caplog):
    given = subjects(arrays, missing)
    with caplog.at_level(logging.WARNING):
        found = complete_regions(given, drop=True)
    kept = [k for k in range(given.arrays[0].shape[1]) if k not in (0, 4)]
    assert found.regions == [f"ROI {k + 1}" for k in kept]
    assert "since 2 lack them: 2 of" in caplog.text and "ROI 1, ROI 5" in caplog.text
    for array, whole in zip(found.arrays, given.arrays, strict=True):
        square = whole.shape[0] == whole.shape[1]
        assert np.array_equal(array, whole[np.ix_(kept, kept)] if square else whole[:, kept])


def test_regions_that_some_lack_are_filled_with_nothing():
    found = complete_regions(subjects(matrices(4), without_rows), drop=False)
    assert not found.arrays[1][4].any() and found.arrays[1].shape == (6, 6)
    graphs = Connectomes(found)
    ends = graphs[2].edge_index.unique().tolist()
    assert len(graphs) == 4 and ends == [1, 2, 3, 5]


def test_subjects_without_missing_regions_stay_as_they_are():
    given = Subjects(matrices(3))
    assert complete_regions(given, drop=True) is given


def test_a_subject_that_lacks_nearly_all_drops_nothing():
    arrays = matrices(3)
    arrays[1] = np.nan
    assert complete_regions(Subjects(arrays), drop=True).arrays[0].shape == (6, 6)
    assert Connectomes(Subjects(arrays), invalid="skip").subjects == ["1", "3"]


def test_what_is_missing_is_refused_where_nothing_is_asked():
    with pytest.raises(ValueError, match=r"no finite value for region 4 .*drop_regions=True"):
        Connectomes(subjects(matrices(4), without_rows))


def test_regions_of_unequal_arrays_cannot_be_compared():
    with pytest.raises(ValueError, match="different numbers of regions"):
        complete_regions(Subjects([np.eye(3), np.eye(4)]), drop=True)


@pytest.mark.parametrize(
    "array",
    [np.ones(3), np.ones((2, 2, 2)), np.array([["a", "b"]])],
    ids=["one axis", "three axes", "texts"],
)
def test_what_is_no_matrix_of_numbers_is_refused(array):
    with pytest.raises(ValueError, match=r"an array must be numbers, \[R, R\] or \[T, R\]"):
        missing_regions(array)


def test_a_subject_that_leaves_no_region_to_all_is_named():
    arrays = [np.array(array) for array in matrices(3)]
    half = len(arrays[0]) // 2
    without_rows(arrays[0], list(range(half)))
    without_rows(arrays[1], list(range(half - 1, len(arrays[0]) - 1)))
    given = Subjects(arrays, names=["a", "b", "c"], files=["a.csv", "b.csv", "c.csv"])
    with pytest.raises(ValueError, match=r"1 of \d+ regions are in all .*'a' of a.csv lacks \d+:"):
        complete_regions(given, drop=True)


def test_a_square_series_among_series_keeps_its_time_points():
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(times, 5)) for times in (5, 9, 8)]
    arrays[0][:, 1] = 2
    assert missing_regions(arrays[0], series=True).tolist() == [False, True, False, False, False]
    found = complete_regions(Subjects(arrays), drop=True)
    assert [array.shape for array in found.arrays] == [(5, 4), (9, 4), (8, 4)]
    filled = complete_regions(Subjects(arrays), drop=False).arrays[0]
    assert np.isnan(filled[:, 1]).all() and np.isfinite(filled[:, 2]).all()
    with pytest.raises(ValueError, match=r"must be \[R, R\]"):
        missing_regions(arrays[1], series=False)
