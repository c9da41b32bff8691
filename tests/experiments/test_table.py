import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runner.table import framed, interval, markdown, mean_and_interval, significant
from scipy.stats import ttest_1samp


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=20).filter(lambda v: np.std(v) > 1e-3))
def test_the_interval_is_that_of_students_test(values):
    low, high = ttest_1samp(values, 0).confidence_interval(0.95)
    assert interval(values) == pytest.approx((high - low) / 2)


def test_one_value_has_no_interval():
    assert math.isnan(interval([3.0]))
    assert mean_and_interval([3.0], 1) == "3.0"
    assert mean_and_interval([1.0, 3.0], 1) == "2.0 ± 12.7"


def test_a_frame_becomes_a_table_with_its_index_first():
    index = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["kind", None])
    frame = pd.DataFrame({"x": ["1", "2"], "y": [None, "3"]}, index=index)
    assert markdown(frame) == (
        "| kind |  | x | y |\n| --- | --- | --- | --- |\n| a | 1 | 1 |  |\n| b | 2 | 2 | 3 |\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1478.2, "1,480"),
        (0.0054612, "0.00546"),
        (99.96, "100"),
        (9.996, "10.0"),
        (8.0, "8.00"),
        (0.0, "0.00"),
        (-12.34, "-12.3"),
    ],
)
def test_significant_digits_without_an_exponent(value, text):
    assert significant(value) == text


def test_a_frame_of_cells_keeps_their_order_and_names_its_index():
    one = framed({"b": {"y": "1"}, "a": {"x": "2", "y": "3"}}, "method")
    assert markdown(one) == "| method | y | x |\n| --- | --- | --- |\n| b | 1 |  |\n| a | 3 | 2 |\n"
    two = framed({("b", "z"): {"y": "1"}, ("a", "w"): {"y": "2"}}, "set", "value")
    assert markdown(two).splitlines()[2:] == ["| b | z | 1 |", "| a | w | 2 |"]
    assert markdown(framed({}, "set", "value")).splitlines()[0] == "| set | value |"
