"""Labels with the columns that say what they mean."""

from pathlib import Path

import pytest

from pyg_siamex.datasets.csv_rows import Row
from pyg_siamex.datasets.label_column import read_label_column

PATH = Path("assay.csv")


def rows(*cells):
    names = ("standard_value", "standard_relation", "standard_units")
    return [Row(k, dict(zip(names, row, strict=True))) for k, row in enumerate(cells, start=2)]


def test_bounds_are_refused_also_where_another_column_says_so():
    found = read_label_column(
        PATH,
        rows(
            ("5.5", "=", "nM"),
            ("10", "'>'", "nM"),
            (">3", "=", "nM"),
            ("7", "'='", ""),
            ("", "", ""),
        ),
        "standard_value",
    )
    assert found.values[[0, 3]].tolist() == [5.5, 7] and found.values.isnan().sum() == 3
    assert "''>' 10' is a bound" in found.refused[1] and "'>3' is a bound" in found.refused[2]


def test_values_of_several_units_are_refused():
    with pytest.raises(ValueError, match=r"2 units in column 'standard_units' \(%, nM\)"):
        read_label_column(
            PATH, rows(("5", "=", "nM"), ("50", "=", "%")), "standard_value", "measured"
        )


def test_a_broken_row_has_no_label():
    broken = Row(3, {"standard_value": "x"}, "4 cells under 3 columns")
    found = read_label_column(PATH, [*rows(("5.5", "=", "nM")), broken], "standard_value")
    assert found.refused == {1: "no value"}
