"""Pictures of explained pairs."""

from pyg_siamex.visualize.molecule import draw_molecules
from pyg_siamex.visualize.notebook import pair_html
from pyg_siamex.visualize.relevance import draw_group_relevance, draw_relevance

__all__ = ["draw_group_relevance", "draw_molecules", "draw_relevance", "pair_html"]
