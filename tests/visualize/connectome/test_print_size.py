from functools import partial

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from pyg_siamex.visualize import (
    draw_circles,
    draw_connectomes,
    draw_graphs,
    draw_network_importance,
)
from pyg_siamex.visualize.paper.figure import COLUMN_WIDTH, WIDTH

PICTURES = [draw_circles, draw_connectomes, draw_graphs, draw_network_importance]


NARROW = [partial(draw, columns=1) for draw in (draw_circles, draw_connectomes)]


@pytest.mark.parametrize(
    ("draw", "width"),
    [*((draw, WIDTH) for draw in PICTURES), *((draw, COLUMN_WIDTH) for draw in NARROW)],
)
def test_letters_are_readable_in_print_and_inside_the_picture(draw, width, brains):
    figure = draw(brains, names=("a patient whose name fills the line " * 3, "b"), title="t " * 99)
    assert figure.get_size_inches()[0] == width
    FigureCanvasAgg(figure).draw()
    texts = [text for text in figure.findobj(Text) if text.get_text() and _is_drawn(text)]
    assert len(texts) > 8
    assert min(text.get_fontsize() for text in texts) >= 7.0
    whole = figure.bbox
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= whole.x0 - 1 and box.x1 <= whole.x1 + 1, text
        assert box.y0 >= whole.y0 - 1 and box.y1 <= whole.y1 + 1, text


def _is_drawn(text):
    """Whether it stands on the figure, or in axes that are shown or by itself."""
    return text.get_visible() and (text.axes is None or text.axes.axison or text in text.axes.texts)
