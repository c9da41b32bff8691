"""Pictures of explained connectomes."""

from pyg_siamex.visualize.connectome.brains import draw_connectomes
from pyg_siamex.visualize.connectome.circle import draw_circles
from pyg_siamex.visualize.connectome.network_matrix import draw_network_importance
from pyg_siamex.visualize.connectome.network_relevance import draw_network_relevance
from pyg_siamex.visualize.connectome.page import view_connectomes

__all__ = [
    "draw_circles",
    "draw_connectomes",
    "draw_network_importance",
    "draw_network_relevance",
    "view_connectomes",
]
