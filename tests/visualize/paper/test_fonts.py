"""Fonts that have the letters of a text."""

from pyg_siamex.visualize.paper.fonts import font_families


def test_one_font_is_enough_for_latin_and_greek():
    assert font_families("Alpha \u03b1 \u2212 \u00b7 \u2026") == ("DejaVu Sans",)
    assert font_families("") == ("DejaVu Sans",)


def test_a_letter_that_no_font_has_leaves_the_first_font():
    assert font_families("a\U0010fffd")[0] == "DejaVu Sans"
