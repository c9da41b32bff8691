"""Labels with the columns that say what they mean."""

from pathlib import Path

import pytest

from pyg_siamex.datasets.csv_rows import Row
from pyg_siamex.datasets.label_column import read_label_column, read_measured_column

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


def chembl(label, *cells):
    names = (label, "Standard Relation", "Standard Units", "Standard Type")
    return [Row(k, dict(zip(names, row, strict=True))) for k, row in enumerate(cells, start=2)]


@pytest.mark.parametrize("label", ["IC50", "Ki", "Potency", "Standard Value"])
def test_units_of_activities_are_compared(label):
    mixed = chembl(label, ("5.5", "=", "nM", "Ki"), ("7.5", "=", "uM", "Ki"))
    for read in (read_label_column, read_measured_column):
        with pytest.raises(ValueError, match="2 units in column 'Standard Units'"):
            read(PATH, mixed, label)


@pytest.mark.parametrize("label", ["pIC50", "pChEMBL Value", "logP", "weight"])
def test_logarithms_and_other_columns_have_no_units(label):
    mixed = chembl(label, ("5.5", "=", "nM", "Ki"), ("7.5", "=", "uM", "Ki"))
    assert read_label_column(PATH, mixed, label).values.tolist() == [5.5, 7.5]
    assert read_measured_column(PATH, mixed, label) == ([5.5, 7.5], {})


def test_classes_have_no_units():
    mixed = chembl("activity", ("low", ">", "nM", "Ki"), ("high", "=", "uM", "IC50"))
    assert read_label_column(PATH, mixed, "activity").refused == {}


def test_bounds_of_logarithms_are_refused():
    found = read_label_column(
        PATH, chembl("pIC50", ("5.5", "=", "nM", "IC50"), ("4.5", ">", "nM", "IC50")), "pIC50"
    )
    assert list(found.refused) == [1] and "is a bound" in found.refused[1]


@pytest.mark.parametrize("label", ["pChEMBL Value", "Standard Value", "IC50", "pIC50"])
def test_values_of_several_types_are_told(label, caplog):
    mixed = chembl(label, ("5.5", "=", "nM", "Ki"), ("7.5", "=", "nM", "IC50"))
    read_label_column(PATH, mixed, label)
    assert "are of 2 types in column 'Standard Type' (IC50, Ki)" in caplog.text
