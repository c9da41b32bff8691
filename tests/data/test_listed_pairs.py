"""Lists of pairs are read as they are written, and refused with the row that is wrong."""

import logging
import math

import pytest
import torch

from pyg_siamex.data.listed_pairs import first_listing, read_index, read_scores


def test_positions_are_long_and_in_order():
    found = read_index([[0, 2], [1, 0]], 3)
    assert found.tolist() == [[0, 2], [1, 0]] and found.dtype == torch.long
    assert read_index(torch.tensor([[1, 1]], dtype=torch.int16), 2).dtype == torch.long


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        ([], ValueError, "index is empty"),
        ([[0, 1, 2]], ValueError, "transpose a"),
        ([[0.0, 1.0]], TypeError, "integer positions"),
        ([[True, False]], TypeError, "integer positions"),
        ([[0, 1], [0, 3]], ValueError, r"index\[1\] is \[0, 3\], and there are 3 graphs"),
        ([[-1, 0]], ValueError, r"index\[0\] is \[-1, 0\], and positions begin at 0"),
    ],
)
def test_bad_positions_are_named(index, error, message):
    with pytest.raises(error, match=message):
        read_index(index, 3)


def test_scores_are_floats_or_unknown():
    assert read_scores([1, 0.5], 2).tolist() == [1.0, 0.5]
    assert read_scores(None, 3).isnan().tolist() == [True] * 3
    with pytest.raises(ValueError, match="1 scores for 2 pairs"):
        read_scores([1.0], 2)
    with pytest.raises(ValueError, match=r"scores\[1\] is NaN"):
        read_scores([1.0, math.nan], 2)
    with pytest.raises(TypeError, match="scores must be real numbers"):
        read_scores(["high", "low"], 2)


def test_a_pair_listed_twice_is_kept_once(caplog):
    pairs = torch.tensor([[0, 1], [2, 1], [1, 0], [1, 2]])
    with caplog.at_level(logging.WARNING):
        rows = first_listing(pairs, torch.tensor([1.0, math.nan, 1.0, 0.0]))
    assert rows.tolist() == [0, 1]
    assert "2 pairs were listed twice" in caplog.text
    with pytest.raises(
        ValueError, match=r"\[1, 0\] is listed twice with scores 1.0 \(index\[0\]\)"
    ):
        first_listing(pairs, torch.tensor([1.0, 0.0, 0.0, 0.0]))


@pytest.mark.parametrize("apart", [[2**24 + 1, 2**24 + 2], [1e9, 1e9 + 1], [-1e12, 7 - 1e12]])
def test_scores_that_single_precision_cannot_tell_apart_are_refused(apart):
    with pytest.raises(ValueError, match=r"scores from .* cannot be told apart .*subtract"):
        read_scores(apart, 2)


@pytest.mark.parametrize(
    "scores",
    [
        [1e30, 3.0],
        [1e9 + 1, 1e9 + 1],
        [0.1 + 0.2, 0.3],
        torch.tensor([2.0**24, 2.0**24 + 2]),
        [2**24, 2**24 + 2],
    ],
    ids=["far apart", "equal", "small", "single", "exact"],
)
def test_scores_that_lose_nothing_are_kept(scores):
    expected = torch.as_tensor(scores, dtype=torch.double).float()
    assert torch.equal(read_scores(scores, 2), expected)
