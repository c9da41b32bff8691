import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex._visible import bare, cell, composed, folded, in_one_line, straight, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("aspirin", "aspirin"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("a\u202egnp.exe", r"a\u202egnp.exe"),
        ("a\rb\bc\x9b1m", r"a\rb\x08c\x9b1m"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("Äther, 水, 🧪, [/b]", "Äther, 水, 🧪, [/b]"),
        ("half\ud800", r"half\ud800"),
    ],
)
def test_what_is_not_seen_is_written_out(text, shown):
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_nothing_that_moves_the_cursor_or_turns_text_is_left(text):
    shown = visible(text)
    assert not any(
        unicodedata.category(one) in ("Cc", "Cs") or unicodedata.bidirectional(one) in TURNING
        for one in shown.replace("\n", "").replace("\t", "")
    )
    shown.encode("utf-8")


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text(max_size=3000), st.integers(50, 200))
def test_a_line_is_one_line_of_bounded_length(text, most):
    line = in_one_line(text, most)
    assert "\n" not in line and len(line) <= most + 30


def test_what_is_left_out_is_told():
    line = in_one_line("start " + "x" * 1_000_000 + " end", 100)
    assert line.startswith("start") and line.endswith("end (1,000,010 characters)")


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", " =1+1", "\t=1", "\u200b=1", "\xad=1", "@SUM(A1)", "-2+3", "+cmd|' /C calc'!A0"),
        *(f"{sign}1+1" for sign in "\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"),
        *(f"{blank}=1" for blank in "\n\r\x0b\x1c\x85\xa0\u2003\u2028\u3000\u2060\ufeff"),
    ],
)
def test_formulas_are_texts(text):
    assert cell(text) == f"'{visible(text)}"


@given(st.text(st.characters(), max_size=20))
def test_no_cell_starts_as_a_formula_or_turns_text(text):
    written = cell(text)
    first = unicodedata.normalize("NFKC", written.strip() or "x")[0]
    assert first not in "=+-@" or re.fullmatch(r"[+-]?[\d.]+([eE][+-]?\d+)?", written.strip())
    assert cell(written) == written or written[0] in "+-"
    assert straight(written) == written


def test_only_what_turns_text_is_written_out_in_pages():
    kept = (
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645, \u05d0\u200f, \U0001f468\u200d\U0001f52c"
    )
    assert straight(kept) == kept
    assert straight("a\u202eb\u2066c\u2069") == r"a\u202eb\u2066c\u2069"


@pytest.mark.parametrize("value", ["-3.5", "+1e-9", "C=O", "N[C@H](C)O", "", 3, None, 0.5])
def test_other_cells_stay(value):
    assert cell(value) == value


@pytest.mark.parametrize("unseen", ["\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u202e"])
def test_what_is_not_seen_does_not_count_where_texts_are_compared(unseen):
    assert bare(f" {unseen}\u00a0group {unseen}") == folded(f"{unseen}gr{unseen}oup") == "group"
    assert bare(f"a{unseen}b") == f"a{unseen}b"
    assert bare(unseen) == folded(f" {unseen} ") == ""


@given(st.text())
def test_what_is_folded_stays_so(text):
    assert folded(folded(text)) == folded(text) and bare(bare(text)) == bare(text)


@pytest.mark.parametrize("text", ["\u00e9", "\u1e69x", "\uac01"])
def test_letters_of_several_characters_are_compared_as_one(text):
    apart = unicodedata.normalize("NFD", text)
    assert apart != text and bare(apart) == folded(apart) == composed(apart) == text
