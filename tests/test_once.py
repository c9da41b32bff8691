import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex._once import check_once


@given(st.lists(st.sampled_from("abcd")))
def test_a_list_is_refused_exactly_if_it_has_a_name_twice(names):
    if len(set(names)) == len(names):
        check_once("names", iter(names))
    else:
        with pytest.raises(ValueError, match=r"^`names` has '[abcd]' twice: leave one out$"):
            check_once("names", iter(names))
