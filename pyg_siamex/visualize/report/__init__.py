"""Pages that explain: one HTML file that opens from disk and loads nothing."""

from pyg_siamex.visualize.report.change_page import change_report
from pyg_siamex.visualize.report.cliffs_page import cliffs_report
from pyg_siamex.visualize.report.group_page import group_report
from pyg_siamex.visualize.report.overview_page import overview_report
from pyg_siamex.visualize.report.pair.pair_section import PairSection, pair_section
from pyg_siamex.visualize.report.pairs_page import report
from pyg_siamex.visualize.report.rendering import environment, render
from pyg_siamex.visualize.report.search_page import search_report

__all__ = [
    "PairSection",
    "change_report",
    "cliffs_report",
    "environment",
    "group_report",
    "overview_report",
    "pair_section",
    "render",
    "report",
    "search_report",
]
