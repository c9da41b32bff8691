"""Texts as bytes and ends."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.data.text_column import TextColumn


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=8))
def test_texts_come_back(texts):
    column = TextColumn.of(texts)
    again = TextColumn(column.content, column.ends)
    assert list(again) == texts and len(again) == len(texts)
    assert again[1:] == texts[1:] and again[::-2] == texts[::-2]
    if texts:
        assert again[-1] == texts[-1]
        with pytest.raises(IndexError):
            again[len(texts)]


@pytest.mark.parametrize(
    ("content", "ends", "message"),
    [
        (torch.zeros(2), torch.tensor([2]), "its texts are"),
        (torch.zeros(2, dtype=torch.uint8), torch.tensor([2.0]), "the ends of its texts are"),
        (torch.zeros(2, dtype=torch.uint8), torch.tensor([1]), "do not fit"),
        (torch.zeros(2, dtype=torch.uint8), torch.tensor([2, 1, 2]), "do not fit"),
        (torch.zeros(2, dtype=torch.uint8), torch.tensor([], dtype=torch.long), "do not fit"),
        (torch.tensor([255], dtype=torch.uint8), torch.tensor([1]), "not UTF-8"),
    ],
)
def test_what_is_no_column_is_named(content, ends, message):
    with pytest.raises(ValueError, match=message):
        TextColumn(content, ends)


def test_a_text_that_is_cut_within_a_letter_is_named():
    column = TextColumn.of(["é", "a"])
    with pytest.raises(ValueError, match="begins within a letter"):
        TextColumn(column.content, torch.tensor([1, 3]))
