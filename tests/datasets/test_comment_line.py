import pytest

from pyg_siamex.datasets.cell_numbers import stands_for_nothing
from pyg_siamex.datasets.comment_line import is_comment, is_error_value

ERRORS = ["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!", "#NV", "#WERT!"]


@pytest.mark.parametrize("value", ERRORS)
@pytest.mark.parametrize("rest", ["", ",1,2", ";1", "\t1", " 1 2"], ids=repr)
@pytest.mark.parametrize("quote", ["", '"'])
def test_errors_of_spreadsheets_begin_no_comment(value, rest, quote):
    assert not is_comment(f" {quote}{value}{quote}{rest}")
    assert is_error_value(value) and is_error_value(value.lower()) and stands_for_nothing(value)


@pytest.mark.parametrize(
    "line", ["#", "# N/A", "#1001\t#1004", "#Note! old", "#NAME,VALUE", "##!", "#N/A of 3: x", "#A"]
)
def test_other_lines_that_begin_with_the_mark_are_comments(line):
    assert is_comment(line) == (line != "#N/A of 3: x")


@pytest.mark.parametrize("line", ["", "a # b", "1,#N/A"])
def test_lines_that_begin_otherwise_are_none(line):
    assert not is_comment(line)
