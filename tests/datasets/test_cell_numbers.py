"""Numbers among cells."""

import pytest

from pyg_siamex.datasets.cell_numbers import CellNumbers, stands_for_nothing


@pytest.mark.parametrize("cell", ["", " None ", "-", "?", "n.d.", "#VALUE!", "NaN"])
def test_words_for_nothing_are_known(cell):
    assert stands_for_nothing(cell)


@pytest.mark.parametrize("cell", ["0", "-1", "no", "n"])
def test_other_cells_are_something(cell):
    assert not stands_for_nothing(cell)


def test_each_cell_is_of_one_kind():
    found = CellNumbers.of(["1.5", ">2", "inf", "1,234", "word", "", "> word"])
    assert found.values == [1.5, None, None, None, None, None, None]
    assert (found.bounds, found.infinite, found.unclear) == ({1}, {2}, {3})
    assert found.count == 4
    reasons = [found.refusal("word", 4), found.refusal("> word", 6)]
    assert reasons == ["'word' is not a number", "'> word' is not a number"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1.234,5", "is not a number as programs write it: 1234.5"),
        ("-1,234,567.5", "is not a number as programs write it: -1234567.5"),
        ("1,2.3,4", "is not a number"),
        ("1,234", "may be 1234 or 1.234"),
    ],
)
def test_numbers_with_their_thousands_apart_are_told_without(text, told):
    found = CellNumbers.of([text, "0.5"])
    assert found.values == [None, 0.5] and found.refusal(text, 0).partition("' ")[2].startswith(
        told
    )
