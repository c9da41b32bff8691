import logging
import time

import numpy as np
import pytest
import torch
from connectomes import matrices
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome import Atlas, Connectomes, Subjects
from pyg_siamex.datasets.connectome.region_array import RegionArray
from pyg_siamex.datasets.connectome.region_order import in_one_order, on_atlas, region_places

NAMES = ["a", "b", "c", "d", "e"]


def moved(matrix, order):
    return RegionArray(matrix[np.ix_(order, order)], [NAMES[k] for k in order])


@given(st.lists(st.permutations(range(5)), min_size=2, max_size=4))
def test_subjects_with_orders_of_their_own_are_aligned_by_name(orders):
    values = matrices(len(orders), 5)
    files = {str(k): moved(values[k], order) for k, order in enumerate(orders)}
    arrays, names = in_one_order(files)
    assert names == [NAMES[k] for k in orders[0]]
    for array, matrix in zip(arrays, values, strict=True):
        assert np.array_equal(array, matrix[np.ix_(orders[0], orders[0])])


@given(st.permutations(range(5)), st.sets(st.integers(0, 4), min_size=1, max_size=3))
def test_regions_that_a_file_lacks_become_nan_where_that_is_asked(order, lacking):
    values = matrices(2, 5)
    some = [k for k in order if k not in lacking]
    files = {"whole": moved(values[0], list(range(5))), "part": moved(values[1], some)}
    with pytest.raises(ValueError, match=f"part lacks region '{NAMES[min(lacking)]}' of whole"):
        in_one_order(files)
    arrays, names = in_one_order(files, absent=True)
    gone = np.isin(np.arange(5), list(lacking))
    assert names == NAMES and np.isnan(arrays[1][gone]).all() and np.isnan(arrays[1][:, gone]).all()
    kept = np.ix_(~gone, ~gone)
    assert np.array_equal(arrays[1][kept], values[1][kept])


def test_columns_of_time_series_are_aligned_too():
    series = np.arange(14.0).reshape(7, 2)
    files = {"x": RegionArray(series, ["a", "b"]), "y": RegionArray(series, ["b", "a"])}
    arrays, _ = in_one_order(files)
    assert np.array_equal(arrays[1], series[:, ::-1])


def test_the_first_region_that_differs_is_named():
    values = matrices(2, 2)
    files = {"x": RegionArray(values[0], ["a", "b"]), "y": RegionArray(values[1], ["a", "c"])}
    with pytest.raises(ValueError, match="y lacks region 'b' of x and has 'c' instead"):
        in_one_order(files)
    files = {"x": RegionArray(values[0]), "y": RegionArray(values[1], ["a", "c"])}
    with pytest.raises(ValueError, match="x has no names of regions, and y has"):
        in_one_order(files)


def test_counted_columns_are_no_names():
    values = matrices(2, 2)
    files = {"x": RegionArray(values[0], ["1", "2"]), "y": RegionArray(values[1])}
    assert in_one_order(files)[1] is None
    files["y"] = RegionArray(values[1], ["2", "1"])
    arrays, names = in_one_order(files)
    assert names == ["1", "2"] and np.array_equal(arrays[1], values[1][::-1, ::-1])


@given(st.permutations(range(5)))
def test_matrices_are_put_in_the_order_of_the_atlas(order):
    values = matrices(2, 5)
    subjects = Subjects(
        [v[np.ix_(order, order)] for v in values], regions=[NAMES[k].upper() for k in order]
    )
    atlas = Atlas("five", NAMES, torch.arange(15.0).view(5, 3), numbers=[11, 12, 13, 14, 15])
    graphs = Connectomes(subjects, atlas=atlas)
    assert graphs.atlas.names == NAMES
    assert torch.equal(graphs.matrices, Connectomes(values).matrices)
    numbered = Subjects(subjects.arrays, regions=[str(11 + k) for k in order])
    assert torch.equal(Connectomes(numbered, atlas=atlas).matrices, graphs.matrices)


def test_an_atlas_may_have_regions_that_no_matrix_has(caplog):
    subjects = Subjects(matrices(2, 2), regions=["d", "b"])
    with caplog.at_level(logging.INFO):
        found, atlas = on_atlas(subjects, Atlas("five", NAMES))
    assert atlas.names == ["b", "d"] and "3 regions of atlas 'five'" in caplog.text
    assert np.array_equal(found.arrays[0], subjects.arrays[0][::-1, ::-1])
    with pytest.raises(ValueError, match="have no region 'a'"):
        on_atlas(subjects, Atlas("five", NAMES), whole=True)


def test_regions_that_are_not_in_the_atlas_are_refused():
    with pytest.raises(ValueError, match=r"'x', number 2 .* not in atlas 'five', which has 'b'"):
        on_atlas(Subjects(matrices(2, 2), regions=["a", "x"]), Atlas("five", NAMES))


def test_regions_without_an_atlas_are_the_atlas():
    graphs = Connectomes(Subjects(matrices(2, 2), regions=["1001", "1004"]))
    assert graphs[0].roi_names == ["1001", "1004"]


def test_names_that_differ_in_marks_alone_are_one_region():
    atlas = Atlas("two", ["Left-Caudate", "Right-Caudate", "ctx-lh-insula"])
    assert region_places(["left caudate", "CTX_LH_INSULA", "no"], atlas) == {0: 0, 1: 2}


@given(st.permutations(range(5)), st.sampled_from(["{}", "V{}", "ROI_{:03d}"]), st.integers(0, 1))
def test_names_that_only_count_say_the_place_in_the_atlas(order, spelling, start):
    values = matrices(1, 5)[0]
    names = [spelling.format(k + start) for k in order]
    found, _ = on_atlas(Subjects([values[np.ix_(order, order)]], regions=names), Atlas("5", NAMES))
    assert found.regions == NAMES and np.array_equal(found.arrays[0], values)


def test_names_with_other_words_or_numbers_are_no_count():
    for names in (["V1", "R2", "V3", "V4", "V5"], ["V1", "V2", "V3", "V4", "V9"]):
        with pytest.raises(ValueError, match="is not in atlas 'five'"):
            on_atlas(Subjects(matrices(1, 5), regions=names), Atlas("five", NAMES))


def test_many_names_are_read_at_once():
    names = [f"{k % 7} {k}" for k in range(200_000)]
    begun = time.process_time()
    assert region_places([*names, "A.1"], Atlas("two", ["a1", "b"])) == {200_000: 0}
    assert time.process_time() - begun < 60  # hours, if each name is looked for among all


def test_a_name_twice_has_no_place():
    with pytest.raises(ValueError, match="`names` has 'R3' twice"):
        region_places(["R3", "R3"], Atlas("a", ["R0", "R3"]))


def test_names_that_differ_in_case_are_of_one_region():
    values = np.arange(9.0).reshape(3, 3)
    files = {
        "a.csv": RegionArray(values, ["A0", "A1", "a_2"]),
        "b.csv": RegionArray(values, ["a1", "A-2", "a0"]),
    }
    (one, other), names = in_one_order(files)
    assert names == ["A0", "A1", "a_2"] and np.array_equal(one, values)
    assert np.array_equal(other, values[np.ix_([2, 0, 1], [2, 0, 1])])


def test_names_that_only_case_tells_apart_stay():
    files = {
        "a.csv": RegionArray(np.eye(3), ["A0", "a0", "B"]),
        "b.csv": RegionArray(np.eye(3), ["a0", "A0", "b"]),
    }
    (_, other), names = in_one_order(files)
    assert names == ["A0", "a0", "B"] and np.array_equal(other, np.eye(3))
    with pytest.raises(ValueError, match=r"b.csv lacks region 'B'"):
        in_one_order({**files, "b.csv": RegionArray(np.eye(3), ["a0", "A0", "c"])})


def test_a_square_series_among_series_keeps_its_time_points():
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(times, 3)) for times in (3, 9, 8)]
    found, _ = on_atlas(Subjects(arrays, regions=list("abc")), Atlas("two", ["c", "a"]), True)
    assert all(np.array_equal(a, b[:, [2, 0]]) for a, b in zip(found.arrays, arrays, strict=True))
    files = {str(k): RegionArray(array, list("abc")) for k, array in enumerate(arrays)}
    files["1"] = RegionArray(arrays[1], list("cab"))
    files["0"], files["9"] = files["1"], RegionArray(arrays[0], list("abc"))
    ordered, _ = in_one_order(files)
    assert np.array_equal(ordered[-1], arrays[0][:, [2, 0, 1]])


def test_regions_without_names_fit_the_atlas():
    with pytest.raises(ValueError, match=r"6 regions without names.*'two' with 2 ROIs"):
        on_atlas(Subjects(matrices(2)), Atlas("two", ["a", "b"]), True)


def test_letters_with_accents_are_found():
    assert region_places(["e\u0301"], Atlas("one", ["\u00e9"])) == {0: 0}
