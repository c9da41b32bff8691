import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.visualize.paper.words import clipped, drawable, name_of, pair_names, shorten, xml


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
    assert xml("<b>&\x01") == "&lt;b&gt;&amp;\ufffd"


def test_names_are_two():
    assert pair_names(None) == ("query", "reference")
    assert pair_names([1, 2]) == ("1", "2")
    for wrong in ("ab", ["a"], ["a", "b", "c"]):
        with pytest.raises(ValueError, match="names must be two"):
            pair_names(wrong)
