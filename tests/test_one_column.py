"""Columns that a table has twice are refused."""

import pytest

from pyg_siamex._one_column import check_one_column


def test_a_column_that_is_there_twice_is_refused():
    check_one_column("t.csv", ["a", "b", "b"], "a")
    check_one_column("t.csv", ["a"], "absent")
    with pytest.raises(ValueError, match=r"t.csv has 2 columns 'b': rename one"):
        check_one_column("t.csv", ["a", "b", "b"], "b")
