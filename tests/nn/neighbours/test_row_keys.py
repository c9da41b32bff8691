"""Rows are found again by their content."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.nn.neighbours.row_keys import RowKeys, row_keys


def test_equal_rows_have_equal_keys_and_others_do_not():
    rows = torch.randn(5000, 8)
    keys = row_keys(torch.cat([rows, rows]))
    assert torch.equal(keys[:5000], keys[5000:]) and len(keys[:5000].unique()) == 5000
    near = rows.clone()
    near[:, 3] = near[:, 3].nextafter(torch.tensor(9.0))
    swapped = rows[:, [1, 0, 2, 3, 4, 5, 6, 7]]
    for other in (near, swapped, -rows):
        assert not len(set(row_keys(other).tolist()) & set(keys.tolist()))
    assert row_keys(torch.zeros(0, 8)).tolist() == []
    assert torch.equal(row_keys(rows[:1].double()), keys[:1])


@given(st.lists(st.integers(0, 5), max_size=9), st.lists(st.integers(0, 5), max_size=9))
def test_rows_are_matched_one_to_one(first, then):
    known, keys = RowKeys.none(), torch.tensor(first, dtype=torch.long)
    known = known.with_more(keys, known.missing(keys))
    asked = torch.tensor(then, dtype=torch.long)
    for k in set(first + then):
        both = min(first.count(k), then.count(k))
        assert (asked[known.missing(asked)] == k).sum() == then.count(k) - both
        places = known.places(asked)[keys == k]
        assert (places >= 0).sum() == both
        assert (asked[places[places >= 0]] == k).all()
    places = known.places(asked)
    assert len(places[places >= 0].unique()) == (places >= 0).sum()
    more = known.with_more(asked, known.missing(asked))
    assert not len(more.missing(asked))
