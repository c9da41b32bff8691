"""Marks on a canvas, as SVG and as pixels."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.image import imread

from pyg_siamex.visualize.paper.raster import CANVASES

SVG = "{http://www.w3.org/2000/svg}"
RED, BLUE = (255, 0, 0), (0, 0, 255)


def drawn(kind):
    canvas = CANVASES[kind](40, 30, "#ffffff", 'one & "two"')
    canvas.rectangle(0, 0, 20, 30, "#ff0000")
    canvas.disc((10, 15), 5, "#0000ff", "atom", "C1 <0.5>")
    canvas.bar((25, 5), (35, 5), 4, "#0000ff")
    canvas.curve(((25, 25), (25, 20), (35, 20), (35, 25)), 1, "#0000ff")
    canvas.text(20, 28, "a & b", 8)
    return canvas.finish()


def test_svg_holds_every_mark_with_its_words_escaped():
    root = ElementTree.fromstring(drawn("svg"))
    assert root.get("aria-label") == 'one & "two"'
    tags = [item.tag.removeprefix(SVG) for item in root]
    assert tags == ["title", "rect", "rect", "circle", "path", "path", "text"]
    assert root.find(f"{SVG}circle/{SVG}title").text == "C1 <0.5>"
    assert root.find(f"{SVG}circle").get("class") == "atom"
    assert root.find(f"{SVG}text").text == "a & b"


def test_pixels_show_marks_where_they_are_later_ones_above():
    pixels = imread(io.BytesIO(drawn("png")), format="png")
    pixels = np.round(255 * pixels[..., :3]).astype(int)
    assert pixels.shape[:2] == (60, 80)  # two pixels per unit
    assert tuple(pixels[4, 4]) == RED
    assert tuple(pixels[30, 20]) == BLUE  # the disc, above the rectangle
    assert tuple(pixels[10, 60]) == BLUE  # the bar
    assert tuple(pixels[30, 60]) == (255, 255, 255)


@pytest.mark.parametrize("kind", CANVASES)
def test_pictures_have_the_same_bytes_each_time(kind):
    assert drawn(kind) == drawn(kind)
