"""Codes for missing values among numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.missing_code import missing_codes


@given(
    st.lists(st.integers(18, 76), min_size=3, max_size=40),
    st.lists(st.sampled_from([-9999, -8888, -999, -9, 9999]), min_size=1, max_size=5),
)
def test_codes_are_found_among_ages_and_ages_are_no_codes(ages, codes):
    assert missing_codes(ages) == []
    found = missing_codes([*ages, *codes])
    assert set(found) <= set(codes) and set(codes) - {-9} <= set(found)


@pytest.mark.parametrize(
    "values", [[-120, -99, -80, -60], [900, 950, 999, 1020], [1, 2, 3], [-9, -9], [], [-9.4, -7]]
)
def test_usual_numbers_stay(values):
    assert missing_codes(values) == []


def test_codes_of_two_kinds_do_not_hide_one_another():
    assert missing_codes([20, 30, 40, -9999, -8888, 999]) == [-9999, -8888, 999]
    assert missing_codes([0, 1, 1, 0, -9]) == [-9]
