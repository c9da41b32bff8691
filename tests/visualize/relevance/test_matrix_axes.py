import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.relevance.matrix_axes import heat_map, new_axes


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (6, 6), (2, 14), (14, 2), (60, 60)])
def test_the_words_beside_the_colour_bar_are_inside_the_picture(shape):
    rows, columns = shape
    names = [[f"fronto-parietal {k}" for k in range(size)] for size in shape]
    ax = new_axes(rows, columns)
    values = [[float(i - j) for j in range(columns)] for i in range(rows)]
    heat_map(ax, values, ColourScale.of([-1.0, 1.0], signed=True), (names[0], names[1]))
    figure = ax.figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    label = next(child for child in ax.child_axes).yaxis.label
    box, page = label.get_window_extent(canvas.get_renderer()), figure.bbox
    assert label.get_text().startswith("relevance")
    assert page.x0 <= box.x0 and box.x1 <= page.x1
    assert page.y0 <= box.y0 and box.y1 <= page.y1
