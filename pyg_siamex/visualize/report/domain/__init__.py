"""What a page can be about: molecules, rows of a table, connectomes or plain graphs."""

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.report.domain.connectome_domain import ConnectomePage
from pyg_siamex.visualize.report.domain.graph_domain import GraphPage
from pyg_siamex.visualize.report.domain.molecule_domain import MoleculePage
from pyg_siamex.visualize.report.domain.page_domain import Groups, PageDomain
from pyg_siamex.visualize.report.domain.row_domain import RowPage

__all__ = [
    "DOMAINS",
    "ConnectomePage",
    "GraphPage",
    "Groups",
    "MoleculePage",
    "PageDomain",
    "RowPage",
    "domain_of",
]

DOMAINS: tuple[PageDomain, ...] = (MoleculePage(), RowPage(), ConnectomePage(), GraphPage())
"""Every domain; the first that holds a pair has it."""


def domain_of(explanation: PairExplanation) -> PageDomain:
    """Find the domain of a pair.

    Args:
        explanation: The pair.

    Example:
        >>> domain_of(explanation).node
        'atom'
    """
    return next(domain for domain in DOMAINS if domain.holds(explanation))
