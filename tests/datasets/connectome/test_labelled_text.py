import numpy as np
import pandas as pd
import pytest
from connectomes import matrices
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.labelled_text import read_text

MATRIX = matrices(1, 5)[0].round(3)
FREESURFER = [1001, 1004, 1002, 2001, 2035]
WORDS = ["Left A", "Left B", "Right A", "Right B", "c-3"]


def weighted(kind):
    """A matrix of fractions, of counts, or of zeros and ones."""
    return {
        "fractions": MATRIX,
        "counts": np.array([[0, 12, 7, 33, 2]] * 5) + np.array([[0, 12, 7, 33, 2]] * 5).T,
        "links": (np.abs(MATRIX) > 0.4).astype(int),
    }[kind]


@pytest.mark.parametrize("kind", ["fractions", "counts", "links"])
@pytest.mark.parametrize("labels", [FREESURFER, WORDS])
@pytest.mark.parametrize("index", [True, False, "Node"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_labels_of_any_kind_are_names_and_not_data(tmp_path, kind, labels, index, delimiter):
    path, values = tmp_path / "m.csv", weighted(kind)
    rows = pd.Index(labels, name="Node" if index == "Node" else None)
    frame = pd.DataFrame(values, index=rows, columns=labels)
    frame.to_csv(path, sep=delimiter, index=bool(index))
    found = read_text(path)
    assert found.names == [str(label) for label in labels]
    assert np.array_equal(found.values, values)


@pytest.mark.parametrize("labels", [FREESURFER, WORDS])
def test_an_index_without_a_header_is_names(tmp_path, labels):
    path = tmp_path / "m.csv"
    pd.DataFrame(MATRIX, index=labels).to_csv(path, header=False)
    found = read_text(path)
    assert found.names == [str(label) for label in labels] and np.array_equal(found.values, MATRIX)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 99999), min_size=5, max_size=5, unique=True))
def test_any_different_numbers_in_a_header_are_labels(tmp_path_factory, labels):
    path = tmp_path_factory.mktemp("labels") / "m.csv"
    pd.DataFrame(MATRIX, index=labels, columns=labels).to_csv(path)
    assert read_text(path).names == [str(label) for label in labels]


@settings(max_examples=60)
@given(st.integers(2, 12), st.sampled_from(["int", "float", "link"]), st.integers(0, 9999))
def test_a_matrix_without_names_is_all_data(tmp_path_factory, size, kind, seed):
    rng = np.random.default_rng(seed)
    upper = rng.integers(0, 2 if kind == "link" else 500, (size, size)).astype(float)
    if kind == "float":
        upper += rng.random((size, size))
    matrix = np.triu(upper, 1) + np.triu(upper, 1).T
    path = tmp_path_factory.mktemp("bare") / "m.csv"
    np.savetxt(path, matrix, delimiter=",", fmt="%.17g")
    found = read_text(path)
    assert found.names is None and np.array_equal(found.values, matrix)


def test_labels_around_a_number_in_the_corner(tmp_path):
    path, labels = tmp_path / "m.txt", np.array([FREESURFER])
    block = np.block([[np.zeros((1, 1)), labels], [labels.T, MATRIX]])
    np.savetxt(path, block)
    assert read_text(path).names == [str(label) for label in FREESURFER]


@pytest.mark.parametrize(
    "header", ["#1001\t#1004\t#1002\t#2001\t#2035", "# 1001 1004 1002 2001 2035"]
)
def test_names_may_stand_in_a_comment(tmp_path, header):
    path, series = tmp_path / "m.1D", np.random.default_rng(0).random((9, 5))
    np.savetxt(path, series, delimiter="\t", header=header, comments="")
    found = read_text(path)
    assert found.names == [str(label) for label in FREESURFER] and found.values.shape == (9, 5)


@pytest.mark.parametrize("labels", [FREESURFER, WORDS])
@pytest.mark.parametrize("length", [4, 5, 6, 30])
def test_the_header_of_a_time_series_is_names(tmp_path, labels, length):
    path, series = tmp_path / "m.tsv", np.random.default_rng(0).random((length, 5))
    pd.DataFrame(series, columns=labels).to_csv(path, sep="\t", index=False)
    found = read_text(path)
    assert found.names == [str(label) for label in labels] and np.allclose(found.values, series)


def test_the_time_of_a_time_series_is_no_region(tmp_path):
    path, series = tmp_path / "m.csv", np.random.default_rng(0).random((9, 5))
    times = pd.Index(2.0 * np.arange(9), name="time")
    pd.DataFrame(series, columns=WORDS, index=times).to_csv(path)
    assert read_text(path).names == WORDS and read_text(path).values.shape == (9, 5)


def test_rows_and_columns_of_different_regions_are_refused(tmp_path):
    path = tmp_path / "m.csv"
    pd.DataFrame(MATRIX, index=WORDS, columns=[*WORDS[:4], "x"]).to_csv(path)
    with pytest.raises(ValueError, match="row 5 is region 'c-3' and column 5 is region 'x'"):
        read_text(path)


def test_a_comment_of_words_and_numbers_is_no_header(tmp_path):
    path = tmp_path / "m.txt"
    np.savetxt(path, MATRIX, header="subject 1 run 2 mean")
    assert read_text(path).names is None


@pytest.mark.parametrize("names", ["v,w,x,y,z,q", "v,w,x,y,z,", "v,w,x", "a,b,v,w,x,y,z"])
def test_a_header_has_a_name_for_each_column(tmp_path, names):
    path = tmp_path / "m.csv"
    np.savetxt(path, MATRIX, delimiter=",", header=names, comments="")
    with pytest.raises(ValueError, match=f"header has {len(names.split(','))} names .* 5 columns"):
        read_text(path)


@pytest.mark.parametrize("corner", ["", "node", "Time", "Unnamed: 0"])
def test_a_corner_above_no_column_is_no_name(tmp_path, corner):
    path = tmp_path / "m.csv"
    np.savetxt(path, MATRIX, delimiter=",", header=f"{corner},v,w,x,y,z", comments="")
    assert read_text(path).names == ["v", "w", "x", "y", "z"]


@pytest.mark.parametrize("clock", [(0, 1), (1, 1), (0, 2.0), (0.36, 0.72), (100, 5)], ids=str)
@pytest.mark.parametrize("length", [5, 9, 40])
def test_a_column_that_counts_rows_without_a_header_is_refused(tmp_path, clock, length):
    path, series = tmp_path / "m.csv", np.random.default_rng(0).normal(size=(length, 7))
    times = clock[0] + clock[1] * np.arange(length)
    np.savetxt(path, np.column_stack([times, series]), delimiter=",", fmt="%.3f")
    with pytest.raises(ValueError, match=r"first column rises by .* leave it out, or give"):
        read_text(path)


def test_series_of_which_all_columns_rise_are_data(tmp_path):
    path = tmp_path / "m.csv"
    np.savetxt(path, np.arange(24).reshape(6, 4), delimiter=",", fmt="%d")
    assert read_text(path).values.shape == (6, 4)


@pytest.mark.parametrize("first", [0, 1, 1001])
@pytest.mark.parametrize("length", [4, 6, 7, 40])
def test_labels_that_count_above_whole_numbers_are_names(tmp_path, first, length):
    path = tmp_path / "m.csv"
    series = np.random.default_rng(0).integers(0, 500, (length, 6))
    labels = [str(first + k) for k in range(6)]
    np.savetxt(path, series, delimiter=",", fmt="%d", header=",".join(labels), comments="")
    found = read_text(path)
    assert found.names == labels and np.array_equal(found.values, series)
