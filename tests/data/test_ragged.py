"""Positions in rows of different lengths, against counting."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.data.ragged import places, starts


@given(st.lists(st.integers(0, 5), max_size=8))
def test_a_row_begins_where_those_before_it_end(sizes):
    found = starts(torch.tensor(sizes, dtype=torch.long))
    assert found.tolist() == [sum(sizes[:k]) for k in range(len(sizes))]


@given(st.lists(st.integers(0, 4), max_size=20))
def test_places_count_the_items_of_a_group_before_each(groups):
    found = places(torch.tensor(groups, dtype=torch.long), 6)
    assert found.tolist() == [groups[:k].count(group) for k, group in enumerate(groups)]
