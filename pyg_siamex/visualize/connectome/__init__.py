"""Pictures of explained connectomes."""

from pyg_siamex.visualize.connectome.brain_page import view_connectomes
from pyg_siamex.visualize.connectome.brains import draw_connectomes
from pyg_siamex.visualize.connectome.change_figure import draw_changes
from pyg_siamex.visualize.connectome.circles import draw_circles
from pyg_siamex.visualize.connectome.group_figure import draw_group
from pyg_siamex.visualize.connectome.network_importance import draw_network_importance
from pyg_siamex.visualize.connectome.network_relevance import draw_network_relevance
from pyg_siamex.visualize.connectome.subject_figure import draw_subject

__all__ = [
    "draw_changes",
    "draw_circles",
    "draw_connectomes",
    "draw_group",
    "draw_network_importance",
    "draw_network_relevance",
    "draw_subject",
    "view_connectomes",
]
