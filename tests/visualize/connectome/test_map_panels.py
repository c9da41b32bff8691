"""Circle and matrix of a map."""

import numpy as np
from matplotlib.figure import Figure

from pyg_siamex.visualize.connectome.drawn_graph import Edge
from pyg_siamex.visualize.connectome.map_panels import draw_map_circle, draw_map_matrix
from pyg_siamex.visualize.paper.ink import InkScale


def test_each_connection_is_a_chord_wider_for_more():
    ax = Figure().add_subplot()
    edges = [Edge(0, 1, 4.0), Edge(1, 2, -2.0)]
    scale = InkScale.of([4.0, -2.0], signed=True)
    draw_map_circle(ax, ["a", "a", "b"], None, edges, scale)
    widths = sorted(patch.get_linewidth() for patch in ax.patches)
    assert len(widths) == 2 and widths[0] < widths[1] and len(ax.collections) == 2


def test_the_matrix_has_its_range_and_stars():
    figure = Figure(figsize=(4, 4))
    values = np.array([[np.nan, 1.0], [-2.5, np.nan]])
    ax = draw_map_matrix(figure, (0.1, 0.1, 3, 3), ["one", "two"], values, [(1, 0)])
    assert ax.images[0].get_clim() == (-2.5, 2.5)
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [("*", (0, 1.12))]
