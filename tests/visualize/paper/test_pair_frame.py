"""The frame of a picture of two panels."""

import pytest
from torch_geometric.explain import Explanation

from pyg_siamex.explain import PairExplanation
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import MARGIN, WIDTH
from pyg_siamex.visualize.paper.pair_frame import (
    caption_room,
    foot,
    pair_figure,
    panel_width,
    titles_of,
)


def inches(figure, ax):
    width, height = figure.get_size_inches()
    box = ax.get_position()
    return box.x0 * width, box.y0 * height, box.width * width, box.height * height


@pytest.mark.parametrize("title", ["", "A title"])
@pytest.mark.parametrize("left", [0.0, 1.5])
def test_panels_are_alike_and_inside(title, left):
    figure, axes = pair_figure(["a", "b"], title, 2.0, bars=1, left=left)
    (x, y, width, height), (other_x, *other) = (inches(figure, ax) for ax in axes)
    assert (y, width, height) == pytest.approx(other)
    assert width == pytest.approx(panel_width(left)) and height == pytest.approx(2.0)
    assert x == pytest.approx(MARGIN + left)
    assert other_x + width == pytest.approx(WIDTH - MARGIN)
    words = [text.get_text() for text in figure.texts]
    assert words == ([title] if title else []) + ["a", "b"]


def test_the_foot_names_each_colour_bar():
    figure, _ = pair_figure(["a", "b"], "", 1.0, bars=2)
    before = len(figure.axes)
    foot(figure, {"nodes": ColourScale(1.0, False), "edges": ColourScale(2.0, True)}, "caption")
    assert len(figure.axes) == before + 2
    words = " ".join(text.get_text() for text in figure.texts)
    assert "nodes: " in words and "edges: " in words and "caption" in words


def test_names_are_given_or_the_graphs_own():
    query, reference = Explanation(name="aspirin"), Explanation(name=" ")
    explanation = PairExplanation(query, reference, prediction=0.5)
    assert titles_of(explanation, None) == ("query: aspirin", "reference")
    assert titles_of(explanation, ["x", "y"]) == ("x", "y")
    with pytest.raises(ValueError, match="names must be two"):
        titles_of(explanation, ["x"])


def test_a_long_caption_has_lines_with_room_under_the_panels():
    words = " \u00b7 ".join(f"remark {k} on this pair" for k in range(8))
    room = caption_room(words)
    figure, axes = pair_figure(["a", "b"], "", 1.0, bars=1, below=room)
    foot(figure, {"": ColourScale(1.0, False)}, words)
    assert caption_room("short") == 0.0 and room > 0.0
    shown = " ".join(text.get_text() for text in figure.texts)
    assert "\u2026" not in shown and all(f"remark {k}" in shown for k in range(8))
    height = figure.get_size_inches()[1]
    bottom = axes[0].get_position().y0 * height
    bar = figure.axes[-1].get_position().y1 * height
    assert bar < bottom


NAN = float("nan")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": 3}, "`names` must be"),
        ({"names": [[1], [2]]}, "`names` must be"),
        ({"names": ["a"]}, "names must be two"),
        ({"title": NAN}, "`title` must be"),
        ({"height": "2"}, "`height` must be"),
        ({"height": None}, "`height` must be"),
        ({"height": NAN}, "height must be in"),
        ({"height": 0.0}, "height must be in"),
        ({"bars": "1"}, "`bars` must be"),
        ({"bars": NAN}, "`bars` must be"),
        ({"bars": -1}, "bars must be at least 0"),
        ({"left": 50}, "left must be in"),
        ({"left": -1.0}, "left must be in"),
        ({"below": "1"}, "`below` must be"),
        ({"below": NAN}, "below must be in"),
    ],
    ids=repr,
)
def test_arguments_of_a_figure_are_compared(arguments, message):
    given = {"names": ("a", "b"), "title": "t", "height": 2.0, "bars": 1}
    with pytest.raises((TypeError, ValueError), match=message):
        pair_figure(**{**given, **arguments})
