"""Shapes lie where the canvas is told to draw them, two pixels per unit of length."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from pyg_siamex.visualize.paper.raster import CANVASES, check_pixels


def pixels(draw, size=(40, 30)):
    canvas = CANVASES["png"](*size, "#ffffff", "a picture")
    draw(canvas)
    data = canvas.finish()
    return imread(io.BytesIO(data), format="png")[..., :3], data


def marked(image):
    rows, columns = np.nonzero((image < 0.5).any(axis=2))
    return columns.min() / 2, rows.min() / 2, (columns.max() + 1) / 2, (rows.max() + 1) / 2


@pytest.mark.parametrize(
    ("draw", "box"),
    [
        (lambda c: c.rectangle(5, 3, 10, 20, "#000000"), (5, 3, 15, 23)),
        (lambda c: c.disc((20, 15), 6, "#000000"), (14, 9, 26, 21)),
        (lambda c: c.bar((10, 15), (30, 15), 4, "#000000"), (8, 13, 32, 17)),
    ],
)
def test_shapes_are_in_their_boxes(draw, box):
    image, _ = pixels(draw)
    assert image.shape == (60, 80, 3)
    assert marked(image) == pytest.approx(box, abs=0.5)


def test_later_shapes_cover_earlier_ones():
    def both(canvas):
        canvas.rectangle(5, 5, 20, 20, "#000000")
        canvas.disc((15, 15), 5, "#ff0000")

    image, _ = pixels(both)
    assert image[30, 30].tolist() == [1, 0, 0] and image[12, 12].tolist() == [0, 0, 0]


def test_words_begin_or_end_at_their_anchor_and_the_same_picture_has_the_same_bytes():
    for anchor, side in [("start", 0), ("end", 2)]:
        image, data = pixels(lambda c, a=anchor: c.text(20, 20, "$word$", 8, a))
        assert marked(image)[side] == pytest.approx(20, abs=1.5)
        assert data == pixels(lambda c, a=anchor: c.text(20, 20, "$word$", 8, a))[1]


def test_pictures_that_no_machine_holds_are_refused_with_their_size(monkeypatch):
    check_pixels(900, 400, 1200)
    with pytest.raises(ValueError, match=r"a picture of 125,000 x 125,000 pixels is too large"):
        check_pixels(10_000, 10_000, 1200)
    monkeypatch.setattr("pyg_siamex._memory.free_memory", lambda: 2**20)
    with pytest.raises(ValueError, match=r"2,000 x 2,000 pixels would take 305.2 MiB"):
        CANVASES["png"](1000, 1000, "#ffffff", "a picture", 192)
