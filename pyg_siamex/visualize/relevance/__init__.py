"""Heat maps of the pair matrix, for graphs of any kind."""

from pyg_siamex.visualize.relevance.pair_matrix import draw_group_relevance, draw_relevance

__all__ = ["draw_group_relevance", "draw_relevance"]
