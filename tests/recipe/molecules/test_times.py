"""When rows were made."""

import pytest

from pyg_siamex.recipe.molecules.times import times_of


@pytest.mark.parametrize(
    "cells",
    [
        ["2019", "2020", "2021.5"],
        ["2019-05-03", "2019-05-04", "2020-01-01"],
        ["2019-05-03T10:00:00", "2019-05-03T10:00:01Z", "2019-05-04"],
    ],
)
def test_later_is_more(cells):
    found = times_of(cells, [2, 3, 4], "when")
    assert found == sorted(found) and len(set(found)) == 3


@pytest.mark.parametrize("cells", [["2019-05-03", ""], ["2019-05-03", "3/5/2019"], ["a", "2019"]])
def test_what_is_no_date_is_named(cells):
    with pytest.raises(ValueError, match=r"line [23]: '.*' in column 'when' is no date such as"):
        times_of(cells, [2, 3], "when")
