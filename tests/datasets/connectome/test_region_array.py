import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.region_array import (
    RegionArray,
    is_count,
    is_symmetric,
    nearly_square,
)

VALUES = np.arange(9.0).reshape(3, 3)


@given(st.permutations(["a", "b", "c", "d"]), st.permutations(["a", "b", "c", "d"]))
def test_rows_are_put_in_the_order_of_the_columns(rows, columns):
    value = {name: k for k, name in enumerate("abcd")}
    table = np.array([[10.0 * value[row] + value[column] for column in columns] for row in rows])
    found = RegionArray.of_square(table, rows, columns)
    assert found.names == columns
    for i, row in enumerate(columns):
        for j, column in enumerate(columns):
            assert found.values[i, j] == 10 * value[row] + value[column]


@pytest.mark.parametrize(
    ("rows", "columns", "names"),
    [
        (None, None, None),
        (["a", "b", "c"], None, ["a", "b", "c"]),
        (["0", "1", "2"], ["a", "b", "c"], ["a", "b", "c"]),
        (["a", "b", "c"], ["1", "2", "3"], ["a", "b", "c"]),
    ],
)
def test_counted_rows_or_columns_take_the_names_of_the_others(rows, columns, names):
    found = RegionArray.of_square(VALUES, rows, columns)
    assert found.names == names and np.array_equal(found.values, VALUES)


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        (["a", "b", "d"], ["a", "b", "c"], "row 3 is region 'd' and column 3 is region 'c'"),
        (None, ["a", "a", "c"], "two regions are named 'a'"),
        (None, ["a", "", "c"], "column 2 has no name"),
        (None, ["a", "b"], "2 names of regions for an array of shape"),
    ],
)
def test_names_that_do_not_fit_are_named(rows, columns, words):
    with pytest.raises(ValueError, match=words):
        RegionArray.of_square(VALUES, rows, columns)


def test_only_rising_numbers_from_0_or_1_are_a_count():
    assert is_count(["0", "1"]) and is_count(["1", "2"])
    assert not is_count(["2", "1"]) and not is_count(["2", "3"]) and not is_count(["a"])


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((6, 7), "if it is a matrix, it has a column too many or a row too few"),
        ((7, 6), "if it is a matrix, it has a row too many or a column too few"),
    ],
)
def test_a_table_that_is_almost_square_is_asked_about(shape, words):
    assert words in nearly_square(shape)


@pytest.mark.parametrize("shape", [(6, 6), (6, 8), (120, 90), (1, 2)])
def test_other_tables_are_not_asked_about(shape):
    assert nearly_square(shape) == ""


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int8, np.float32])
def test_matrices_of_all_kinds_of_numbers_are_symmetric(kind):
    matrix = np.array([[0, 1, 3], [1, 0, 0], [3, 0, 2]]).astype(kind)
    assert is_symmetric(matrix)
    matrix[1, 2] = 1
    assert not is_symmetric(matrix)


@given(st.integers(3, 8), st.integers(0, 99), st.sampled_from([1e-60, 1.0, 1e60]))
def test_matrices_are_symmetric_and_series_are_not(size, seed, unit):
    series = np.random.default_rng(seed).standard_normal((size, size)) * unit
    matrix = series + series.T
    assert is_symmetric(matrix) and not is_symmetric(series)
    matrix[0, 1] = matrix[1, 0] = np.nan
    assert is_symmetric(matrix), "also of one that lacks a connection"
    matrix[1, 0] = 0
    assert not is_symmetric(matrix)
    assert not is_symmetric(matrix[1:]) and not is_symmetric(matrix[0])
