"""What a column of measured values must have."""

from pathlib import Path

import pytest

from pyg_siamex.recipe.molecules.values import check_differing


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([5.0, None, None], "'pIC50' is a number in 1 rows of a.csv"),
        ([None], "'pIC50' is a number in 0 rows"),
        ([5.0, 5.0, None, 5.0], "'pIC50' is 5 in all 3 rows of a.csv .*name another column"),
        ([1e301, 2e301, None], "'pIC50' goes from 1e.301 to 2e.301 .* not finite, so use another"),
        ([1e-320, 2e-320, 5e-320], "'pIC50' goes from .* are 0, so use another unit"),
    ],
)
def test_values_in_which_nothing_differs_are_refused(cells, message):
    with pytest.raises(ValueError, match=message):
        check_differing(cells, "pIC50", Path("a.csv"))


def test_two_different_numbers_are_enough():
    check_differing([None, 5.0, 5.0, 5.1], "pIC50", Path("a.csv"))
