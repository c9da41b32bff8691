"""Pages that explain: one HTML file that opens from disk and loads nothing."""

from pyg_siamex.visualize.report.data_set import overview_report
from pyg_siamex.visualize.report.page import environment, render
from pyg_siamex.visualize.report.report import report
from pyg_siamex.visualize.report.search import search_report
from pyg_siamex.visualize.report.section import PairSection, pair_section

__all__ = [
    "PairSection",
    "environment",
    "overview_report",
    "pair_section",
    "render",
    "report",
    "search_report",
]
