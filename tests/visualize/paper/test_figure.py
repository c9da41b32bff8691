import pytest

from pyg_siamex.visualize.paper.figure import inch_axes, new_figure
from pyg_siamex.visualize.paper.lettering import write


def test_places_are_in_inches_from_the_lower_left():
    figure = new_figure(3.6)
    write(figure, 3.6, 0.9, "here")
    assert figure.texts[0].get_position() == pytest.approx((0.5, 0.25))
    box = inch_axes(figure, 0.72, 0.36, 3.6, 1.8).get_position()
    assert box.bounds == pytest.approx((0.1, 0.1, 0.5, 0.5))


def test_figures_show_themselves_in_notebooks_without_pyplot():
    figure = new_figure(1.0)
    assert figure._repr_png_().startswith(b"\x89PNG")
