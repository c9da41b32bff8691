"""What a column of measured values must have."""

from pathlib import Path

import pytest

from pyg_siamex.recipe.molecules.values import check_differing, measured_values


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["5", "", ">10"], "'pIC50' is a number in 1 rows of a.csv"),
        (["x"], "'pIC50' is a number in 0 rows"),
        (["5", "5.0", "", "05"], "'pIC50' is 5 in all 3 rows of a.csv .*name another column"),
    ],
)
def test_values_in_which_nothing_differs_are_refused(cells, message):
    with pytest.raises(ValueError, match=message):
        check_differing(measured_values(cells), "pIC50", Path("a.csv"))


def test_two_different_numbers_are_enough():
    check_differing([None, 5.0, 5.0, 5.1], "pIC50", Path("a.csv"))
