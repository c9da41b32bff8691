import re

import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

from pyg_siamex.datasets.connectome.array_file import read_array

MATRIX = np.array([[1.0, 0.5, -0.25], [0.5, 1.0, 0.125], [-0.25, 0.125, 1.0]])


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".1D", ".npy", ".mat"])
def test_every_format_gives_the_same_matrix(tmp_path, suffix):
    path = tmp_path / f"m{suffix}"
    if suffix == ".npy":
        np.save(path, MATRIX)
    elif suffix == ".mat":
        savemat(path, {"r": MATRIX, "subject": "x", "tr": 2.0})
    else:
        delimiter = {".csv": ",", ".tsv": "\t"}.get(suffix, " ")
        np.savetxt(path, MATRIX, delimiter=delimiter, header="1 2 3")
    assert np.array_equal(read_array(path).values, MATRIX)


@pytest.mark.parametrize("names", [None, ["a", "b", "c"], [0, 1, 2], [1, 2, 3]])
@pytest.mark.parametrize("index", [True, False])
def test_names_in_the_first_row_and_column_are_no_data(tmp_path, names, index):
    path = tmp_path / "m.csv"
    frame = pd.DataFrame(MATRIX, index=names, columns=names)
    words = isinstance(names, list) and names[0] == "a"
    frame.to_csv(path, index=index, header=index or words)
    assert np.array_equal(read_array(path).values, MATRIX)


def test_a_header_one_cell_short_is_a_header_above_names(tmp_path):
    path = tmp_path / "m.txt"
    path.write_text('"a" "b" "c"\n"a" 1 .5 -.25\n"b" .5 1 .125\n"c" -.25 .125 1\n')
    assert np.array_equal(read_array(path).values, MATRIX)


def test_an_empty_first_cell_of_a_matrix_is_no_header(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(",0.5,0.25\n0.5,,0.125\n0.25,0.125,NA\n")
    matrix = read_array(path).values
    assert matrix.shape == (3, 3) and np.isnan(np.diag(matrix)).all() and matrix[0, 2] == 0.25


def test_byte_order_mark_line_ends_and_comments(tmp_path):
    path = tmp_path / "m.txt"
    path.write_bytes(b"\xef\xbb\xbf# made by hand\r\n1;2\r\n\r\n3;4\r\n")
    assert read_array(path).values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.csv", b"", "it is empty"),
        ("m.csv", b"1,2\n3\n", "rows have 1 to 2 cells"),
        ("m.csv", b"1,2\n3,x\n", "'x' in row 2, column 2 of its numbers is not a number"),
        ("m.csv", b"a,b\n", "no rows of numbers"),
        ("m.csv", b"\xff\xfe1", "begins as utf-16 and is not"),
        ("m.npy", b"not numpy", "is not an array of NumPy"),
        ("m.mat", b"MATLAB 7.3 MAT-file".ljust(600), "cannot be read"),
        ("m.doc", b"1", "is none of .csv, .tsv"),
    ],
)
def test_unreadable_files_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        read_array(tmp_path / name)
    assert name in str(error.value)


def test_a_pickle_is_not_run(tmp_path):
    np.save(tmp_path / "m.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="holds pickled Python objects"):
        read_array(tmp_path / "m.npy")


@pytest.mark.parametrize("shape", [(2, 3, 4), (), (0,), (0, 0), (0, 3), (1, 1, 1)])
def test_an_array_that_is_no_matrix_is_named(tmp_path, shape):
    np.save(tmp_path / "m.npy", np.zeros(shape))
    words = f"m.npy is not a matrix of numbers: its shape is {list(shape)} of"
    with pytest.raises(ValueError, match=re.escape(words)):
        read_array(tmp_path / "m.npy")


def test_the_variable_of_a_matlab_file_is_asked_for_where_there_are_several(tmp_path):
    path = tmp_path / "m.mat"
    savemat(path, {"r": MATRIX, "z": 2 * MATRIX})
    with pytest.raises(ValueError, match="no key is given, and its matrices are: r, z"):
        read_array(path)
    with pytest.raises(ValueError, match="it has no 'p'"):
        read_array(path, "p")
    assert np.array_equal(read_array(path, "z").values, 2 * MATRIX)
    savemat(path, {"a": "text"})
    with pytest.raises(ValueError, match="its matrices are: none"):
        read_array(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("name", ["m.csv", "m.tsv", "m.netcc"])
def test_texts_of_any_encoding_are_read(tmp_path, name, encoding):
    mark = "\t" if name == "m.tsv" else " " if name == "m.netcc" else ","
    square = f"0{mark}0.5\n0.5{mark}0\n"
    names = mark.join(["préfrontal", "b"])
    text = f"{names}\n1 2\n# CC\n{square}" if name == "m.netcc" else f"{names}\n{square}"
    (tmp_path / name).write_bytes(text.encode(encoding))
    found = read_array(tmp_path / name)
    assert found.values.tolist() == [[0, 0.5], [0.5, 0]]
    assert found.names == ["préfrontal", "b"]
