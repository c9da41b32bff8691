"""Cells of a label column."""

import pytest

from pyg_siamex.datasets.label import as_number, encode_classes, is_continuous, is_missing


@pytest.mark.parametrize("cell", ["", "  ", "NA", "n/a", "NaN", "null", "<NA>"])
def test_missing_values_are_known_in_any_spelling(cell):
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["0", "none of them", "no"])
def test_other_words_are_values(cell):
    assert not is_missing(cell)


@pytest.mark.parametrize(
    ("cell", "number"), [("1.5", 1.5), (" 2 ", 2), ("inf", None), ("nan", None), ("1,5", None)]
)
def test_only_finite_numbers_are_numbers(cell, number):
    assert as_number(cell) == number


@pytest.mark.parametrize(
    ("cells", "continuous"),
    [
        (["1.5", "2", "3"], True),
        (["1", "2.0", "3"], False),  # whole numbers are classes
        (["1.5", "low", "high"], False),  # mostly words
        ([], False),
    ],
)
def test_measured_values_are_mostly_numbers_and_one_has_a_fraction(cells, continuous):
    assert is_continuous(cells) == continuous


def test_integers_are_sorted_as_numbers_and_words_alphabetically():
    names, classes = encode_classes(["10", "9", "9.0", "-1"])
    assert names == ["-1", "9", "10"] and classes.tolist() == [2, 1, 1, 0]
    names, classes = encode_classes(["10", "9", "low"])
    assert names == ["10", "9", "low"] and classes.tolist() == [0, 1, 2]
