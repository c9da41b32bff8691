"""A user's table and its usable rows."""

import numpy as np
import pandas as pd
import pytest

from pyg_siamex.recipe import RowReading, train_rows
from pyg_siamex.recipe.rows.scaling import Scaling
from pyg_siamex.recipe.rows.table import read_table, usable_rows


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "name": ["a", "b", "c", "d"],
            "age": [50.0, np.nan, 60.0, 30.0],
            "dose": [1.0, 2.0, 3.0, np.inf],
            "group": ["x", "y", "", "y"],
        }
    )


def test_rows_that_lack_a_feature_or_a_label_are_refused_by_name(frame):
    found = usable_rows(frame, ["age"], "group", "name")
    assert list(found.frame["name"]) == ["a", "d"] and found.refused == ["b", "c"]
    without_label = usable_rows(frame, ["age"])
    assert without_label.refused == ["1"]  # the frame's index names its rows
    assert usable_rows(frame, ["age", "dose"]).refused == ["1", "3"]


def test_a_frame_is_read_and_its_columns_are_checked(frame, tmp_path):
    assert read_table(frame, "group", "name") is frame
    with pytest.raises(ValueError, match="no column 'class': the table has name, age, dose, group"):
        read_table(frame, "class")
    frame.to_csv(tmp_path / "cells.csv", index=False)
    assert list(read_table(tmp_path / "cells.csv", "group").columns) == list(frame.columns)


def test_any_table_with_the_columns_is_scaled_as_the_training_rows_were(frame):
    scaling = Scaling(["dose", "age"], [2.0, 50.0], [0.5, 10.0])
    rows = scaling.rows(frame.iloc[[0, 2]], None, "name")
    assert [row.x.flatten().tolist() for row in rows] == [[-2.0, 0.0], [2.0, 1.0]]
    assert [row.name for row in rows] == ["a", "c"]
    assert Scaling(**scaling.to_dict()) == scaling
    with pytest.raises(ValueError, match="no column 'age', which the model was trained on"):
        scaling.rows(frame[["dose"]])
    with pytest.raises(TypeError, match="rows must be standardised"):
        Scaling.of(rows)


@pytest.mark.parametrize("column", ["group", "name"])
def test_a_column_that_is_there_twice_is_named(frame, column):
    doubled = pd.concat([frame, frame[[column]]], axis=1)
    with pytest.raises(ValueError, match=f"more than one column '{column}': rename one"):
        read_table(doubled, "group", "name")


def test_a_word_in_a_row_that_would_be_left_out_is_named(tmp_path):
    path = tmp_path / "units.csv"
    lines = [f"p{k},{k / 2},{'yn'[k % 2]}" for k in range(12)]
    path.write_text("\n".join(["id,a,target", ",mm,", *lines]))
    with pytest.raises(ValueError, match=r"units\.csv: column 'a' .* \(row 'line 2': 'mm'\)"):
        train_rows(path, "target", RowReading(name="id"))


def test_a_model_of_a_column_without_a_name_is_to_be_trained_anew():
    frame = pd.DataFrame({"": [0, 1], "a": [0.5, 1.5]})
    with pytest.raises(ValueError, match=r"trained on a column without a name, .*: train it anew"):
        Scaling(["", "a"], [0.0, 1.0], [1.0, 1.0]).rows(frame)


def test_features_that_are_there_twice_or_empty_are_named(frame):
    doubled = pd.concat([frame, frame[["age"]]], axis=1)
    with pytest.raises(ValueError, match="more than one column 'age': rename one"):
        usable_rows(doubled, ["age", "dose"])
    with pytest.raises(ValueError, match="column 'dose' has no value in any row"):
        usable_rows(frame.assign(dose=np.nan), ["age", "dose"])


@pytest.mark.parametrize("columns", [{}, {"dtype": float}], ids=["words", "numbers"])
def test_a_table_without_rows_is_called_that(columns):
    with pytest.raises(ValueError, match="the table has no row"):
        usable_rows(pd.DataFrame(columns=["age", "dx"], **columns), ["age"], "dx")


@pytest.mark.parametrize("kind", ["boolean", "Int64", "Float64"])
def test_rows_that_lack_one_of_pandas_values_are_left_out(kind):
    frame = pd.DataFrame({"a": pd.array([1, None, 0], dtype=kind)})
    assert usable_rows(frame, ["a"]).refused == ["1"]
