"""Pictures of any two explained graphs."""

from pyg_siamex.visualize.graph.graphs import draw_graphs

__all__ = ["draw_graphs"]
