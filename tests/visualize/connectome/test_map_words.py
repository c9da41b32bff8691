"""Legend and list below a map."""

from matplotlib.figure import Figure

from pyg_siamex.visualize.connectome.map_words import (
    legend_rows,
    list_rows,
    write_legend,
    write_list,
)
from pyg_siamex.visualize.paper.ink import network_marks


def test_networks_take_the_rows_that_they_need():
    marks = network_marks(["default", "visual", "a network with a long name", "limbic"])
    assert legend_rows(marks, 7.2) < legend_rows(marks, 3.5)
    assert legend_rows(network_marks(["no network"]), 3.5) == 0
    figure = Figure(figsize=(3.5, 2))
    write_legend(figure, 1.5, marks, 3.5)
    assert [text.get_text() for text in figure.axes[0].texts] == list(marks)


def test_lists_have_a_heading_and_columns():
    assert list_rows([], 2) == 0 and list_rows(["a"] * 5, 2) == 4 and list_rows(["a"] * 5, 1) == 6
    figure = Figure(figsize=(3.5, 2))
    write_list(figure, 1.5, ["a", "b"], 3.5, 1)
    assert [text.get_text() for text in figure.texts] == ["strongest connections", "a", "b"]
