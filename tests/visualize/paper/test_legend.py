import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from pyg_siamex.visualize.paper.figure import inch_axes, new_figure
from pyg_siamex.visualize.paper.ink import InkScale, Mark
from pyg_siamex.visualize.paper.legend import (
    horizontal_bar,
    mark_handles,
    place_legend,
    sign_handles,
)
from pyg_siamex.visualize.paper.lettering import SMALL, fit, inches, lettering, write


@settings(deadline=None)
@given(st.text(alphabet="abc WM", max_size=60), st.floats(0.3, 3.0))
def test_a_fitted_line_is_no_wider_than_its_room(text, width):
    line = fit(text, width)
    assert inches(line) <= width + 1e-9
    whole = " ".join(text.split())
    assert line == whole or (line.endswith("\u2026") and whole.startswith(line[:-1].rstrip()))


def test_a_line_is_cut_as_late_as_it_can_be():
    text = "precentral gyrus of the left hemisphere"
    line = fit(text, 1.2)
    longer = text[: len(line)] + "\u2026"
    assert inches(longer) > 1.2
    assert fit("short", 1.2) == "short"


def test_bold_lines_are_measured_bold():
    assert inches("a bold line", weight="bold") > inches("a bold line")


def test_places_are_in_inches_from_the_lower_left():
    figure = new_figure(3.6)
    write(figure, 3.6, 0.9, "here")
    assert figure.texts[0].get_position() == pytest.approx((0.5, 0.25))
    box = inch_axes(figure, 0.72, 0.36, 3.6, 1.8).get_position()
    assert box.bounds == pytest.approx((0.1, 0.1, 0.5, 0.5))


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


def test_letters_outside_the_base_font_have_families_that_have_them():
    assert lettering("abc")["fontfamily"] == ["DejaVu Sans"]
