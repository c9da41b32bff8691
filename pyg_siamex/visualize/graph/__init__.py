"""Pictures of any two explained graphs, and of links."""

from pyg_siamex.visualize.graph.graphs import draw_graphs
from pyg_siamex.visualize.graph.link import draw_link

__all__ = ["draw_graphs", "draw_link"]
