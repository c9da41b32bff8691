"""Sizes as users write them."""

import pytest

from pyg_siamex.visualize.paper.print_size import size_in_pixels


@pytest.mark.parametrize(
    ("text", "pixels"),
    [
        ("900x400", (900, 400)),
        ("900 x 400 px", (900, 400)),
        ("25.4x50.8mm", (96, 192)),
        ("2.54x5.08CM", (96, 192)),
        ("6.5x3in", (624, 288)),
        ("3\u00d72in", (288, 192)),
    ],
)
def test_units_are_pixels_of_a_96th_of_an_inch(text, pixels):
    assert size_in_pixels(text) == pixels


@pytest.mark.parametrize("text", ["", "900", "900x", "axb", "9x9ft", "-9x9", "9,5x3in"])
def test_other_words_are_refused(text):
    with pytest.raises(ValueError, match="WIDTHxHEIGHT"):
        size_in_pixels(text)
