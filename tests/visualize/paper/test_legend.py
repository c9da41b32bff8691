from matplotlib.backends.backend_agg import FigureCanvasAgg

from pyg_siamex.visualize.paper.figure import new_figure
from pyg_siamex.visualize.paper.ink import InkScale, Mark
from pyg_siamex.visualize.paper.legend import (
    horizontal_bar,
    mark_handles,
    place_legend,
    sign_handles,
)
from pyg_siamex.visualize.paper.lettering import SMALL, write


def test_dollar_signs_and_control_characters_are_text():
    figure = new_figure(1.0)
    write(figure, 0.1, 0.1, "$x_1\x00$", SMALL)
    assert figure.texts[0].get_text() == "$x_1\ufffd$"
    assert not figure.texts[0].get_parse_math()
    handles = mark_handles([("$\\b_$", Mark("#0072b2", "o"))])
    place_legend(figure, handles, 0.1, 0.9, 1, "a $title$")
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["$\\b_$"]
    assert not legend.get_texts()[0].get_parse_math()
    FigureCanvasAgg(figure).draw()


def test_a_legend_without_entries_is_left_out():
    figure = new_figure(1.0)
    place_legend(figure, [], 0.1, 0.9, 1, "nothing")
    place_legend(figure, sign_handles(InkScale(1.0, signed=False)), 0.1, 0.9, 1)
    assert not figure.legends


def test_a_colour_bar_says_what_its_ends_mean():
    figure = new_figure(1.0)
    horizontal_bar(figure, InkScale(0.25, signed=True), 2.0, 0.5, 2.0, "edge: ")
    words = [text.get_text() for text in figure.texts]
    assert words == ["edge: pushes apart \u22120.25", "+0.25 pulls together"]
    assert figure.axes[0].get_xlim() == (-0.25, 0.25)
