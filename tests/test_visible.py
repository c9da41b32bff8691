import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex._visible import cell, in_one_line, visible


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
    ["=1+1", " =1+1", "\t=1", "\u200b=1", "\uff1d1", "@SUM(A1)", "-2+3", "+cmd|' /C calc'!A0"],
)
def test_formulas_are_texts(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-3.5", "+1e-9", "C=O", "N[C@H](C)O", "", 3, None, 0.5])
def test_other_cells_stay(value):
    assert cell(value) == value
