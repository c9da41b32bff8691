"""What a page can be about: molecules, rows of a table, connectomes or plain graphs."""

import logging
from collections import OrderedDict
from functools import cache

from torch.utils.hooks import RemovableHandle

from pyg_siamex._added import added, added_names
from pyg_siamex._door import checked
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.report.domain.connectome_domain import ConnectomePage
from pyg_siamex.visualize.report.domain.graph_domain import GraphPage
from pyg_siamex.visualize.report.domain.molecule_domain import MoleculePage
from pyg_siamex.visualize.report.domain.page_domain import Groups, PageDomain
from pyg_siamex.visualize.report.domain.row_domain import RowPage
from pyg_siamex.visualize.report.domain.sketch import Sketch

__all__ = [
    "DOMAINS",
    "GROUP",
    "ConnectomePage",
    "GraphPage",
    "Groups",
    "MoleculePage",
    "PageDomain",
    "RowPage",
    "Sketch",
    "domain_of",
    "register_domain",
]

DOMAINS: tuple[PageDomain, ...] = (MoleculePage(), RowPage(), ConnectomePage(), GraphPage())
"""The domains of the library; the first that holds a pair has it."""

GROUP = "pyg_siamex.pages"
"""Group of the entry points of domains of pages, which other packages add."""

_logger = logging.getLogger(__name__)
_REGISTERED: OrderedDict[int, PageDomain] = OrderedDict()


def register_domain(domain: PageDomain) -> RemovableHandle:
    """Let pages, and pictures in notebooks, show pairs that a domain of your own holds.

    It is asked before the domains of the library, and the last one first. A package does without
    this call by an entry point in the group ``pyg_siamex.pages``.

    Args:
        domain: The domain. A subclass of :class:`GraphPage` needs ``holds``, its three names and,
            usually, ``labels``.

    Returns:
        A handle, whose ``remove()`` takes it away.

    Raises:
        TypeError: If it is no domain.
    """
    if not isinstance(domain, PageDomain):
        raise TypeError(f"register an instance of a PageDomain (got {domain!r})")
    handle = RemovableHandle(_REGISTERED)
    _REGISTERED[handle.id] = domain
    return handle


@checked
def domain_of(explanation: PairExplanation) -> PageDomain:
    """Find the domain of a pair.

    Args:
        explanation: The pair.

    Raises:
        TypeError: If it is no explanation.

    Example:
        >>> domain_of(explanation).node
        'atom'
    """
    known = (*reversed(_REGISTERED.values()), *_installed(), *DOMAINS)
    return next(domain for domain in known if domain.holds(explanation))


@cache
def _installed() -> tuple[PageDomain, ...]:
    """The domains of other packages; one that cannot be imported does not stop other pages."""
    found = []
    for name in added_names(GROUP):
        try:
            found.append(added(GROUP, name, PageDomain))  # type: ignore[type-abstract]
        except ValueError as error:
            _logger.warning("pages do without a domain: %s", error)
    return tuple(found)
