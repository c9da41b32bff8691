import numpy as np
import pytest
from connectomes import matrices
from scipy.io import savemat
from scipy.sparse import csc_matrix

from pyg_siamex.datasets.connectome.matlab_file import read_matlab, region_names

NAMES = ["atlas.FP r", "atlas.FP l", "networks.DMN", "x"]


def cells(names):
    out = np.empty((1, len(names)), dtype=object)
    out[0] = names
    return out


def conn_file(path, values, rows=NAMES, columns=(*NAMES, "target")):
    xyz = np.zeros((len(columns), 3))
    savemat(path, {"Z": values, "names": cells(rows), "names2": cells(list(columns)), "xyz": xyz})
    return path


def test_the_square_part_of_a_conn_file_is_the_matrix(tmp_path):
    matrix = matrices(1, 4)[0]
    np.fill_diagonal(matrix, np.nan)
    found = read_matlab(
        conn_file(tmp_path / "resultsROI_Subject001_Condition001.mat", np.c_[matrix, np.ones(4)])
    )
    assert found.names == NAMES and np.array_equal(found.values, matrix, equal_nan=True)


def test_all_subjects_of_a_conn_condition_come_first(tmp_path):
    stack = matrices(3, 4)
    values = np.concatenate([np.moveaxis(stack, 0, 2), np.ones((4, 1, 3))], axis=1)
    path = conn_file(tmp_path / "resultsROI_Condition001.mat", values)
    assert np.array_equal(read_matlab(path).values, stack) and region_names(path, 4) == NAMES


def test_a_conn_file_that_contradicts_itself_is_refused(tmp_path):
    path = conn_file(tmp_path / "r.mat", np.zeros((4, 5)), columns=("y", *NAMES[1:], "target"))
    with pytest.raises(ValueError, match=r"first differ at 'atlas.FP r'"):
        read_matlab(path)


@pytest.mark.parametrize("axis", [0, 2])
def test_subjects_of_a_stack_come_first(tmp_path, axis):
    stack = matrices(3, 5)
    savemat(tmp_path / "all.mat", {"r": np.moveaxis(stack, 0, axis)})
    assert np.array_equal(read_matlab(tmp_path / "all.mat").values, stack)


def test_names_beside_the_matrix_are_read(tmp_path):
    savemat(tmp_path / "m.mat", {"r": matrices(1, 4)[0], "names": cells(NAMES)})
    assert read_matlab(tmp_path / "m.mat").names == NAMES
    savemat(tmp_path / "m.mat", {"r": matrices(1, 4)[0], "labels": cells(["a", "b"])})
    assert read_matlab(tmp_path / "m.mat").names is None


def test_three_different_sides_are_no_stack(tmp_path):
    savemat(tmp_path / "m.mat", {"r": np.zeros((2, 3, 4))})
    with pytest.raises(ValueError, match=r"\[2, 3, 4\]: a stack must be \[R, R, S\]"):
        read_matlab(tmp_path / "m.mat")


@pytest.mark.parametrize("order", ["<", ">"])
def test_files_of_matlab_4_are_read_and_their_zeros_refused_soon(tmp_path, order):
    path = tmp_path / "m.mat"
    square = np.arange(9.0).reshape(3, 3)
    header = np.array([0 if order == "<" else 1000, 3, 3, 0, 2], f"{order}i4")
    content = header.tobytes() + b"z\0" + square.astype(f"{order}f8").tobytes(order="F")
    path.write_bytes(content)
    assert read_matlab(path).values.tolist() == square.tolist()
    savemat(tmp_path / "two.mat", {"z": square, "text": "of rows"}, format="4")
    assert read_matlab(tmp_path / "two.mat", "z").values.tolist() == square.tolist()
    with path.open("r+b") as file:
        file.truncate(2**31)
    with pytest.raises(ValueError, match="no MATLAB file, or it is damaged"):
        read_matlab(path)


OTHERS = {
    "sparse": (csc_matrix(np.eye(4)), "sparse matrix: save full"),
    "cell": (cells(["a", "b"]), "a cell array"),
    "struct": ({"r": np.eye(4)}, "a struct"),
    "text": ("abc", "text"),
}


@pytest.mark.parametrize("key", [None, "z", "other"])
@pytest.mark.parametrize("kind", OTHERS)
def test_variables_that_are_no_arrays_of_numbers_say_what_they_are(tmp_path, kind, key):
    value, words = OTHERS[kind]
    savemat(tmp_path / "m.mat", {"z": value})
    with pytest.raises(ValueError, match=f"'z' is .*{words}"):
        read_matlab(tmp_path / "m.mat", key)
    savemat(tmp_path / "m.mat", {"z": value, "r": np.eye(4)})
    if key is None:
        assert np.array_equal(read_matlab(tmp_path / "m.mat").values, np.eye(4))


@pytest.mark.parametrize("axis", [0, 2])
def test_the_subjects_of_a_cube_are_the_axis_of_symmetric_matrices(tmp_path, axis):
    stack = matrices(6)
    savemat(tmp_path / "a.mat", {"r": np.moveaxis(stack, 0, axis)})
    assert np.array_equal(read_matlab(tmp_path / "a.mat").values, stack)


@pytest.mark.parametrize(
    ("labels", "names"),
    [([7.0, 8, 9, 1, 2, 3], list("789123")), ([0, 1, 0, 1, 1, 0], None), ([0.5, *range(5)], None)],
    ids=["numbers", "classes", "values"],
)
def test_numbers_are_names_where_they_are_whole_and_different(tmp_path, labels, names):
    savemat(tmp_path / "a.mat", {"r": matrices(1)[0], "labels": np.array(labels)})
    assert region_names(tmp_path / "a.mat", 6) == names
