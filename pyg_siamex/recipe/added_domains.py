"""Domains that other packages and scripts add: registered, or installed with an entry point."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyg_siamex._added import added, added_names
from pyg_siamex._door import checked
from pyg_siamex.recipe.choices import DOMAINS
from pyg_siamex.recipe.domain_type import Domain

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle

GROUP = "pyg_siamex.domains"
"""Group of the entry points of domains; the name of an entry point is the domain's."""

_OWN_ENDINGS = (
    *(".csv", ".tsv", ".txt", ".gz", ".smi", ".smiles", ".ism", ".can", ".cxsmiles", ".sdf", ".sd"),
    *(".mol", ".xlsx", ".xlsm", ".parquet", ".pq", ".npz", ".mat", ".npy"),
)
"""Endings of files of molecules and connectomes."""

_REGISTERED: OrderedDict[int, Domain] = OrderedDict()


@checked
def register_domain(domain: Domain) -> "RemovableHandle":
    """Let recipes, commands and model files know a domain of your own.

    Files of models hold its name alone, and no code: register it before such a file is used. A
    package does without this call by an entry point in the group ``pyg_siamex.domains``, whose name
    is the domain's; it is imported when the domain is asked for.

    Args:
        domain: The domain. Its name is written into files of models, as ``domain`` in their
            metadata, by its ``train``.

    Returns:
        A handle, whose ``remove()`` takes it away.

    Raises:
        ValueError: If the name is taken, or not made of lower-case letters, digits, ``-`` and
            ``_``.

    Example:
        >>> from dataclasses import replace
        >>> handle = register_domain(replace(domain_named("rows"), name="cells"))
        >>> domain_named("cells").name
        'cells'
        >>> handle.remove()
    """
    from torch.utils.hooks import RemovableHandle  # commands read names before torch is loaded

    _check_name(domain.name)
    if domain.name in added_domain_names():
        raise ValueError(f"a domain '{domain.name}' is known already: remove it, or rename yours")
    handle = RemovableHandle(_REGISTERED)
    _REGISTERED[handle.id] = domain
    return handle


def added_domain_names() -> tuple[str, ...]:
    """Names of the domains that are registered or installed; none of these is imported.

    Example:
        >>> "molecules" in added_domain_names()
        False
    """
    here = (domain.name for domain in _REGISTERED.values())
    installed = (name for name in added_names(GROUP) if name not in DOMAINS)
    return tuple(dict.fromkeys([*here, *installed]))


def added_domain(name: str) -> Domain:
    """A domain of :func:`added_domain_names`.

    Args:
        name: Its name.

    Raises:
        ValueError: If it is installed and cannot be imported, or has another name.

    Example:
        >>> from dataclasses import replace
        >>> handle = register_domain(replace(domain_named("rows"), name="cells"))
        >>> added_domain("cells").method
        'self-learned'
        >>> handle.remove()
    """
    for domain in _REGISTERED.values():
        if domain.name == name:
            return domain
    found = added(GROUP, name, Domain)
    if found.name != name:
        raise ValueError(f"the entry point '{name}' is of a domain '{found.name}': name it so")
    return found


def added_domain_of(file_name: str) -> str | None:
    """Name of the added domain that reads files with an ending, or ``None``.

    Endings of molecules and connectomes stay theirs. Installed domains are imported only for files
    with other endings.

    Args:
        file_name: Name of the file.

    Example:
        >>> added_domain_of("table.csv") is None
        True
    """
    low = file_name.lower()
    if low.endswith(_OWN_ENDINGS):
        return None
    return next((one.name for one in _added() if one.endings and low.endswith(one.endings)), None)


def _added() -> Iterator[Domain]:
    return (added_domain(name) for name in added_domain_names())


def _check_name(name: str) -> None:
    if name in DOMAINS:
        raise ValueError(f"'{name}' is a domain of pyg_siamex: give yours another name")
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", name):
        raise ValueError(
            f"a domain is named by lower-case letters, digits, - and _ (got '{name[:64]}')"
        )
