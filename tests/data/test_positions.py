"""Indices mean what they mean to NumPy, and what they cannot mean is refused."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.data.positions import as_rows, is_one, place_of, place_set, positions

SIZE = st.integers(0, 12)


@given(st.data(), SIZE)
def test_slices_lists_and_masks_choose_what_numpy_chooses(data, size):
    entries = np.arange(size)
    ends = st.none() | st.integers(-15, 15)
    cut = slice(data.draw(ends), data.draw(ends), data.draw(st.sampled_from([None, 1, 2, -1])))
    assert positions(cut, size) == entries[cut].tolist()
    mask = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    for index in (mask, np.array(mask, dtype=bool), torch.tensor(mask, dtype=torch.bool)):
        assert positions(index, size) == entries[np.array(mask, dtype=bool)].tolist()
    chosen = data.draw(st.lists(st.integers(-size, size - 1), max_size=6)) if size else []
    whole = entries[np.array(chosen, dtype=int)].tolist()
    for kind in (list, tuple, np.array, torch.tensor):
        assert positions(kind(chosen) if chosen else [], size) == whole
    if chosen:
        assert positions(torch.tensor(chosen, dtype=torch.int32), size) == whole


def test_shares_are_of_the_whole():
    assert positions(slice(0.5, None), 10) == [5, 6, 7, 8, 9]
    assert positions(slice(None, 0.25), 10) == [0, 1]
    assert positions(slice(-0.25, 1.0), 10) == [8, 9]


@pytest.mark.parametrize("kind", [list, tuple, set, np.array, torch.tensor, pd.Series])
def test_places_of_any_kind_are_a_set(kind):
    assert place_set(kind([3, 0, 5])) == {0, 3, 5}


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ([True, False], "mask has 2 entries for 3"),
        (torch.ones(4, dtype=torch.bool), "mask has 4 entries for 3"),
        ([0, 3], "no position 3 among 3"),
        ([-4], "no position -4 among 3"),
        ([0.5], "positions must be integers"),
        ("01", "an index is a position"),
        (slice(None, 2.0), r"at most 1 \(got 2.0\): use int\(2.0\)"),
        (slice(-1.5, None), "shares of the whole"),
        (slice(float("nan"), None), "shares of the whole"),
        (slice(None, float("inf")), "shares of the whole"),
        (None, "an index is a position"),
        (["a"], "holds positions, or a mask"),
        ([[0, 1], [2, 1]], r"one row of positions, or a mask \(got \[2, 2\]\)"),
        (torch.zeros(2, 3, dtype=torch.long), r"one row of positions, .*\[2, 3\]"),
        (np.ones((3, 3), dtype=bool), "one row of positions"),
    ],
)
def test_what_chooses_nothing_is_refused(index, message):
    with pytest.raises(IndexError, match=message):
        positions(index, 3)


def test_one_position_is_told_from_several():
    for one in (0, np.int64(1), torch.tensor(2), np.array(1)):
        assert is_one(one)
    for several in ([0], (1,), slice(1), torch.tensor([1]), np.array([1]), True):
        assert not is_one(several)


@pytest.mark.parametrize("shape", [(3, 1), (1, 3), (1, 3, 1)], ids=["column", "row", "row of rows"])
def test_one_number_a_row_is_a_row(shape):
    assert positions(torch.tensor([2, 0, 1]).view(shape), 3) == [2, 0, 1]


@given(st.integers(-15, 15), SIZE)
def test_a_position_is_that_of_a_list(index, size):
    entries = list(range(size))
    for one in (index, np.int64(index), torch.tensor(index), np.array(index)):
        if -size <= index < size:
            assert place_of(one, size) == entries[index]
        else:
            with pytest.raises(IndexError, match=f"no position {index} among {size}"):
                place_of(one, size)


NO_POSITION = {
    "yes": True,
    "yes of NumPy": np.bool_(True),
    "yes of torch": torch.tensor(True),
    "half": 1.5,
    "text": "a",
    "none": None,
    "list": [1],
}


@pytest.mark.parametrize("index", NO_POSITION.values(), ids=NO_POSITION)
def test_what_is_no_position_is_refused(index):
    with pytest.raises(IndexError, match="a position is a whole number"):
        place_of(index, 3)
    with pytest.raises(IndexError, match="no position 100000000000000000000 among 3"):
        place_of(10**20, 3)


@pytest.mark.parametrize(
    "row", [(1, 2), np.array([1, 2]), torch.tensor([1, 2]), pd.Series([1, 2], [5, 6])]
)
def test_rows_may_be_lists_arrays_tensors_or_series(row):
    assert as_rows([(0, 1), row]).tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "int32", "uint16", "uint32"])
def test_positions_of_narrow_types_choose_among_many(kind):
    chosen = torch.tensor([0, 100], dtype=getattr(torch, kind))
    assert positions(chosen, 400) == [0, 100]
    with pytest.raises(IndexError, match="no position 100 among 100"):
        positions(chosen, 100)
