"""Sizes as users write them."""

import pytest

from pyg_siamex.visualize.paper.print_size import check_picture_size, size_in_pixels


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


@pytest.mark.parametrize(
    ("text", "pixels"),
    [
        ("0x0", ""),
        ("10x10", ""),
        ("900x20000px", ""),
        ("20x20mm", ", which is 76x76 pixels"),
        (f"{'9' * 400}x500", ""),
    ],
    ids=["none", "small", "high", "small in print", "beyond all numbers"],
)
def test_sizes_that_cannot_be_drawn_are_named_as_they_were_written(text, pixels):
    with pytest.raises(ValueError, match="240 to 10000") as found:
        check_picture_size(text)
    assert "`size` must" in str(found.value) and f"(got '{text[:60]}'{pixels})" in str(found.value)


def test_sizes_that_can_be_drawn_are_in_pixels():
    assert check_picture_size("170x80mm") == (643, 302)
    assert check_picture_size("240x10000") == (240, 10_000)
