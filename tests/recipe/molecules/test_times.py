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


@pytest.mark.parametrize(
    "cells", [["2019-05-03", "n.d."], ["2019-05-03", "3/5/2019"], ["a", "2019"]]
)
def test_what_is_no_date_is_named(cells):
    with pytest.raises(ValueError, match=r"line [23]: '.*' in column 'when' is no date such as"):
        times_of(cells, [2, 3], "when")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["2019", "", "2021", "2022"], r"line 3 has no time in column 'when': fill"),
        (["2019", " ", "NA", "2022"], r"line 3 has no time in column 'when' \(2 such rows\): fill"),
        (["2019-05-03", "2019-05-04", "", "2020-01-01"], r"line 4 has no time"),
        (["2019", "2020", "x", "2021"], r"line 4: 'x' in column 'when' is no number as others$"),
        (["2019", "x", "y", "2021", "2022"], r"line 3: 'x' .* no number as others \(2 such rows\)"),
        (["2019-05-03", "2020-05-03", "2021"], r"line 4: '2021' .* no date such as 2026-11-29$"),
    ],
)
def test_rows_are_counted_that_have_no_time(cells, message):
    with pytest.raises(ValueError, match=message):
        times_of(cells, list(range(2, len(cells) + 2)), "when")
