import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex._numbers import FROM_ZERO, POSITIVE, flag, real, whole

NO_NUMBERS = [None, "1", "", True, 1j, [], torch.tensor(1.0), np.ones(2), object()]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_other_kinds_are_no_numbers(value):
    with pytest.raises(TypeError, match=r"n must be a whole number \(got "):
        whole("n", value)
    with pytest.raises(TypeError, match=r"n must be a number \(got "):
        real("n", value)


def test_numbers_of_numpy_are_numbers():
    assert whole("n", np.int64(3)) == 3 and type(whole("n", np.int64(3))) is int
    assert real("n", np.float32(0.5)) == 0.5 and real("n", 2) == 2.0


@given(st.integers(), st.integers(-5, 5), st.integers(5, 2**62))
def test_whole_numbers_are_in_their_range(value, least, most):
    if least <= value <= most:
        assert whole("n", value, least, most) == value
    else:
        with pytest.raises(ValueError, match=r"n must be at (least|most) .* \(got -?\d+"):
            whole("n", value, least, most)


@given(st.floats() | st.integers(), st.sampled_from("(["), st.sampled_from(")]"), st.floats(-2, 2))
def test_numbers_are_in_their_interval(value, left, right, low):
    high = low + 1
    above = value > low or (left == "[" and value == low)
    if above and (value < high or (right == "]" and value == high)):
        assert real("n", value, f"{left}{low}, {high}{right}") == value
    else:
        with pytest.raises(ValueError, match="n must be in"):
            real("n", value, f"{left}{low}, {high}{right}")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="n must be finite"):
        real("n", value)


def test_a_bound_says_what_a_larger_number_costs():
    with pytest.raises(ValueError, match=r"k must be at most 1,000 \(got 2000\): it is slow"):
        whole("k", 2000, most=1000, why="it is slow")
    with pytest.raises(ValueError, match="at most"):
        whole("seed", 2**63, 0)


@pytest.mark.parametrize("value", ["no", 0, 1, None, "", np.array([True])])
def test_what_only_counts_as_true_is_no_yes(value):
    with pytest.raises(TypeError, match="f must be True or False"):
        flag("f", value)
    assert flag("f", True) is True and flag("f", False) is False


@pytest.mark.parametrize("interval", [POSITIVE, FROM_ZERO], ids=["positive", "from zero"])
def test_settings_stay_in_single_precision(interval):
    assert real("lr", 1e30, interval) == 1e30 and real("lr", 1e-30, interval) == 1e-30
    for value in (1e31, 1e300, 10**400, math.inf, math.nan, -1.0):
        with pytest.raises(ValueError, match=r"lr must be (above|at least) 0.* 1e30"):
            real("lr", value, interval)


@pytest.mark.parametrize("value", [0, 0.0, -0.0, 5e-324, 1e-320, 1e-45, 9e-31])
def test_settings_above_0_are_not_0_in_single_precision(value):
    with pytest.raises(ValueError, match=r"lr must be above 0, from 1e-30 to 1e30 \(got"):
        real("lr", value, POSITIVE)


@pytest.mark.parametrize("value", [np.True_, np.False_, np.array(True)], ids=["1", "0", "array"])
def test_truths_of_numpy_are_truths(value):
    assert flag("f", value) is bool(value)
