import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.explain import Explanation

from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.words import (
    amount,
    clipped,
    drawable,
    headline,
    name_of,
    pair_names,
    shorten,
    summary,
    xml,
)


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_clipped_line_has_no_more_letters_than_asked_for(text, letters):
    line, whole = clipped(text, letters), " ".join(text.split())
    assert len(line) <= letters
    assert line == whole or (line.endswith("\u2026") and whole.startswith(line[:-1]))


def test_wider_letters_leave_room_for_fewer():
    text = "precentral gyrus"
    assert len(shorten(text, 78.0, 13.0)) == 10
    assert len(shorten(text, 78.0, 26.0)) == 5
    assert shorten(text, 0.0, 13.0) == "\u2026"


def test_characters_that_no_picture_holds_are_replaced():
    assert drawable("a\x00b\ud800") == "a\ufffdb\ufffd"
    assert name_of("a\x00b c", 3) == "a\ufffd\u2026"
    assert drawable("a\u202egnp.exe") == r"a\u202egnp.exe"
    assert len(name_of("\u202e" * 40, 30)) == 30
    assert xml("<b>&\x01") == "&lt;b&gt;&amp;\ufffd"


def test_names_are_two():
    assert pair_names(None) == ("query", "reference")
    assert pair_names([1, 2]) == ("1", "2")
    for wrong in ("ab", ["a"], ["a", "b", "c"]):
        with pytest.raises(ValueError, match="names must be two"):
            pair_names(wrong)


@pytest.mark.parametrize(
    ("carried", "words"),
    [
        (Carried(0.43, 0.99, most=1.0), "0.43 of 0.99"),
        (Carried(-0.15, 0.87, most=1.0), "\u22120.15 of 0.87"),
        (Carried(2.42, 0.82, most=1.0), "more than all of it"),
        (Carried(-2.42, 0.82, most=1.0), "the opposite of it"),
        (Carried(2.42, 0.82), "2.42 of 0.82"),
        (Carried(1.2, 1.3, of_both=True), "1.20 of 1.30 of both graphs"),
        (Carried(0.002, 0.0026), "0.002 of 0.0026"),
    ],
)
def test_what_parts_carry_is_written_of_how_much(carried, words):
    assert amount(carried) == words


@given(st.floats(-50, 50), st.floats(-1, 1))
def test_no_sum_is_written_that_no_cosine_can_have(parts, whole):
    """Numbers in what is written of a cosine are in [-1, 1], as far as two decimals tell."""
    words = headline(Carried(parts, whole, most=1.0), "", "atoms") or amount(
        Carried(parts, whole, most=1.0)
    )
    numbers = [word for word in words.replace("\u2212", "-").split() if word[-1].isdigit()]
    assert all(abs(float(number)) <= 1.005 for number in numbers)


def test_the_headline_says_where_parts_do_not_account_for_the_similarity():
    assert headline(None, "mine") == headline(Carried(0.9, 0.99), "mine") == "mine"
    found = headline(Carried(0.43, 0.99), "mine", "atoms")
    assert found == "Atoms do not account for this similarity: they carry 0.43 of 0.99"


def test_a_caption_says_what_parts_carry():
    graphs = [Explanation(x=torch.ones(2, 1)) for _ in range(2)]
    masks = PairExplanation(*graphs, 0.99, algorithm="Occlusion")
    assert summary(masks, "more", "atoms") == "similarity 0.990 \u00b7 Occlusion \u00b7 more"
    pairs = PairExplanation(*graphs, 0.99, torch.full((2, 2), 0.1), algorithm="BiLRP")
    expected = "atoms carry 0.400 of similarity 0.990 \u00b7 BiLRP"
    assert summary(pairs, parts="atoms") == expected
