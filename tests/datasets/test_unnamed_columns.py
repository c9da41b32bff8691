import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets import TableRows
from pyg_siamex.datasets.unnamed_columns import without_unnamed
from pyg_siamex.recipe import ROW_SETTINGS, train_rows

FRAME = pd.DataFrame({"a": [0.1, 0.2, 0.3, 0.5], "y": list("nnpp")})
NO_NAMES = ("", " ", "Unnamed: 0", "Unnamed: 0_level_1")


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=4), st.sampled_from(NO_NAMES))
def test_columns_that_count_are_left_out_and_others_without_a_name_are_refused(numbers, name):
    frame = pd.DataFrame({"a": np.ones(len(numbers)), name: numbers})
    if numbers in (list(range(len(numbers))), list(range(1, len(numbers) + 1))):
        assert list(without_unnamed(frame, "t.csv")) == ["a"]
    else:
        with pytest.raises(ValueError, match=r"column 2 of t\.csv has no name \('.*'\): name it"):
            without_unnamed(frame, "t.csv")
    assert without_unnamed(frame, "t.csv", [name]) is frame


def test_columns_with_a_name_stay_whatever_they_hold():
    frame = pd.DataFrame({"row": [0, 1], 0: [1, 2], "Unnamed": [0, 1], "empty": [None, None]})
    assert without_unnamed(frame, "t.csv") is frame


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("read", ["file", "frame"])
def test_the_index_that_pandas_writes_is_no_feature(tmp_path, caplog, first, read):
    path = tmp_path / "r.csv"
    FRAME.set_axis(range(first, first + 4)).to_csv(path)
    rows = (
        TableRows.from_csv(path, "y") if read == "file" else TableRows(pd.read_csv(path), label="y")
    )
    assert rows.feature_names == ["a"] and rows[3].x.tolist() == [[0.5]]
    assert "column 1 of the table has no name and counts the rows" in caplog.text
    assert rows[1:].split((0.5, 0.5))[0].feature_names == ["a"]
    assert list(rows.frame) == ["a", "y"]


@pytest.mark.parametrize("lines", ["a,y,\n1,n,\n2,p,\n", "a,y\n1,n,\n2,p,\n", "a,y,\n1,n\n2,p\n"])
def test_a_delimiter_at_the_end_of_lines_makes_no_feature(tmp_path, lines):
    path = tmp_path / "r.csv"
    path.write_text(lines)
    assert TableRows.from_csv(path, "y").feature_names == ["a"]


def test_training_names_the_file_of_a_column_without_a_name(tmp_path):
    path = tmp_path / "r.csv"
    FRAME.set_axis([4, 7, 1, 2]).to_csv(path)
    with pytest.raises(ValueError, match=r"r\.csv: column 1 of the table has no name"):
        train_rows(path, "y", settings=ROW_SETTINGS)
