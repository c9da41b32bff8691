"""What a page can be about: molecules, rows of a table, connectomes or plain graphs."""

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.report.domain.connectome_domain import Connectomes
from pyg_siamex.visualize.report.domain.graph_domain import PlainGraphs
from pyg_siamex.visualize.report.domain.molecule_domain import Molecules
from pyg_siamex.visualize.report.domain.page_domain import Groups, PageDomain
from pyg_siamex.visualize.report.domain.row_domain import Rows

__all__ = [
    "DOMAINS",
    "Connectomes",
    "Groups",
    "Molecules",
    "PageDomain",
    "PlainGraphs",
    "Rows",
    "domain_of",
]

DOMAINS: tuple[PageDomain, ...] = (Molecules(), Rows(), Connectomes(), PlainGraphs())
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
