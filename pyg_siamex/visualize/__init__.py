"""Pictures of explained pairs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyg_siamex._extras import needed_for
from pyg_siamex._lazy import lazy_names

with needed_for("drawing"):
    from pyg_siamex.visualize.connectome import (
        draw_changes,
        draw_circles,
        draw_connectomes,
        draw_group,
        draw_network_importance,
        draw_network_relevance,
        draw_subject,
        view_connectomes,
    )
    from pyg_siamex.visualize.graph import draw_graphs, draw_link
    from pyg_siamex.visualize.notebook import pair_html
    from pyg_siamex.visualize.relevance import draw_group_relevance, draw_relevance
    from pyg_siamex.visualize.report import (
        change_report,
        cliffs_report,
        group_report,
        overview_report,
        report,
        search_report,
    )
    from pyg_siamex.visualize.table import draw_features

if TYPE_CHECKING:
    from pyg_siamex.visualize.molecule import draw_hits, draw_molecules

__all__ = [
    "change_report",
    "cliffs_report",
    "draw_changes",
    "draw_circles",
    "draw_connectomes",
    "draw_features",
    "draw_graphs",
    "draw_group",
    "draw_group_relevance",
    "draw_hits",
    "draw_link",
    "draw_molecules",
    "draw_network_importance",
    "draw_network_relevance",
    "draw_relevance",
    "draw_subject",
    "group_report",
    "overview_report",
    "pair_html",
    "report",
    "search_report",
    "view_connectomes",
]

# They need RDKit.
_MOLECULES = dict.fromkeys(("draw_hits", "draw_molecules"), ".molecule")

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(__name__, _MOLECULES)
