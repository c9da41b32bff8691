import numpy as np
import pytest

from pyg_siamex.datasets.connectome.labelled_text import read_text
from pyg_siamex.datasets.connectome.row_names import are_labels, are_names, check_points

NAMES = ["A", "B", "C", "D", "E"]
ODD = ["-", "*", "?", "n.d.", "bad", "x", "9..1", "#DIV/0!", "mean"]


def written(path, cells, header=None, index=None, corner=None):
    """A file of cells with a header, and with a first column of names."""
    rows = [[*([] if index is None else [index[k]]), *row] for k, row in enumerate(cells.tolist())]
    if header is not None:
        rows = [[*([] if corner is None else [corner]), *header], *rows]
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n")
    return path


def numbers(rows, columns=5):
    return np.random.default_rng(rows).normal(size=(rows, columns)).round(3).astype("U9")


@pytest.mark.parametrize("word", ODD)
@pytest.mark.parametrize("column", [0, 2])
@pytest.mark.parametrize("row", [0, 7, 29])
@pytest.mark.parametrize("header", [True, False])
def test_a_word_among_the_numbers_of_a_series_is_named_in_any_column(
    tmp_path, word, column, row, header
):
    cells = numbers(30)
    cells[row, column] = word
    path = written(tmp_path / "s.csv", cells, NAMES if header else None)
    with pytest.raises(ValueError, match="is not a number") as caught:
        read_text(path)
    assert f"'{word}' in row {row + 1}, column {column + 1} of" in str(caught.value)


@pytest.mark.parametrize("word", ["-", "bad"])
@pytest.mark.parametrize("header", [True, False])
def test_a_word_in_the_first_column_of_a_matrix_is_named(tmp_path, word, header):
    cells = np.corrcoef(np.random.default_rng(0).normal(size=(5, 40))).round(3).astype("U9")
    cells[3, 0] = word
    with pytest.raises(ValueError, match=f"'{word}' in row 4, column 1 of its numbers"):
        read_text(written(tmp_path / "m.csv", cells, NAMES if header else None))


@pytest.mark.parametrize("value", ["#N/A", "NA", ""])
@pytest.mark.parametrize("column", [0, 2])
def test_a_missing_value_leaves_its_row_in_place(tmp_path, value, column):
    cells = numbers(30)
    cells[7, column] = value
    found = read_text(written(tmp_path / "s.csv", cells, NAMES))
    assert found.values.shape == (30, 5) and found.names == NAMES
    assert np.argwhere(np.isnan(found.values)).tolist() == [[7, column]]


@pytest.mark.parametrize("corner", [None, "time", "", "frame_name"])
@pytest.mark.parametrize("size", [7, 30])
def test_a_column_of_words_is_an_index(tmp_path, corner, size):
    index = [f"t{k}" for k in range(size)]
    found = read_text(written(tmp_path / "s.csv", numbers(size), NAMES, index, corner))
    assert found.values.shape == (size, 5) and found.names == NAMES


@pytest.mark.parametrize("corner", [None, "", "Region A"])
@pytest.mark.parametrize("labels", [["1", "2", "3a", "3b", "4"], ["V1", "V2", "7", "8", "9"]])
def test_labels_of_a_matrix_may_be_words_and_numbers(tmp_path, corner, labels):
    cells = np.corrcoef(np.random.default_rng(0).normal(size=(5, 40))).round(3)
    found = read_text(written(tmp_path / "m.csv", cells, labels, labels, corner))
    assert found.names == labels and np.array_equal(found.values, cells)
    assert read_text(written(tmp_path / "i.csv", cells, None, labels)).names == labels


@pytest.mark.parametrize("word", ["mean", "SD", "total"])
@pytest.mark.parametrize("corner", [None, "", "time"])
def test_a_row_below_a_series_that_is_no_time_point_is_named(tmp_path, word, corner):
    index = [*map(str, range(29)), word]
    path = written(tmp_path / "s.csv", numbers(30), NAMES, index, corner)
    with pytest.raises(ValueError, match=f"row 30 of its numbers begins with '{word}'"):
        read_text(path)


def test_an_index_may_lack_some_times(tmp_path):
    index = ["0.0", "", "-", *map(str, range(3, 30))]
    found = read_text(written(tmp_path / "s.csv", numbers(30), NAMES, index, "time"))
    assert found.values.shape == (30, 5)


def test_names_are_nearly_all_words():
    assert are_names(["v1"] * 9 + ["3"]) and not are_names(["v1"] * 8 + ["3"] * 2)
    assert not are_names([]) and not are_names(["1,234"] * 4)
    assert are_labels(["3a", "b", "0.5"]) and not are_labels(["3", "-", "4"])
    check_points(["v1", "v2"])


@pytest.mark.parametrize(("line", "told"), [("#0.5,1,2,3,4", True), ("# 1, 2 and 3", False)])
def test_a_row_that_is_a_comment_is_told(tmp_path, caplog, line, told):
    path = written(tmp_path / "s.csv", numbers(30), NAMES)
    path.write_text(f"# v,w,x,y,z\n{path.read_text()}{line}\n")
    assert read_text(path).values.shape == (30, 5)
    assert ("begin with # and count as comments, such as #0.5" in caplog.text) == told
