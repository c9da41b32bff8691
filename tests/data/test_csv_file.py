import csv

import pandas as pd
import pytest

from pyg_siamex.data.csv_file import write_csv


def test_cells_and_columns_are_no_formulas_and_turn_no_text(tmp_path):
    frame = pd.DataFrame({"=a": ["=1+1", "b\u202e", "-2.5"], "n": [1, 2, 3], 5: [0.5, None, 1.5]})
    write_csv(frame, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["'=a", "n", "5"],
        ["'=1+1", "1", "0.5"],
        [r"b\u202e", "2", ""],
        ["-2.5", "3", "1.5"],
    ]
    assert frame.columns[0] == "=a"  # the table itself stays


def test_an_old_table_stays_where_a_new_one_fails(tmp_path):
    class Broken:
        def __str__(self):
            raise ValueError("broken")

    path = tmp_path / "a.csv"
    write_csv(pd.DataFrame({"a": [1]}), path)
    with pytest.raises(ValueError, match="broken"):
        write_csv(pd.DataFrame({"a": [Broken()]}), path)
    assert path.read_text() == "a\n1\n" and len(list(tmp_path.iterdir())) == 1


def test_a_table_ends_in_csv_and_may_go_to_a_device(tmp_path):
    with pytest.raises(ValueError, match=r"must end in .csv"):
        write_csv(pd.DataFrame({"a": [1]}), tmp_path / "a.siamex")
    write_csv(pd.DataFrame({"a": [1]}), "/dev/null")
