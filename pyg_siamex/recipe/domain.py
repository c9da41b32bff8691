"""What a model is about: molecules, connectomes or rows, by name, by a model or by the files."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._unread import kind_unread
from pyg_siamex._writable import kept_in
from pyg_siamex.recipe.added_domains import added_domain, added_domain_names, added_domain_of
from pyg_siamex.recipe.choices import COMMANDED, DOMAINS, check_choice
from pyg_siamex.recipe.domain_type import Domain

if TYPE_CHECKING:
    import pandas as pd

    from pyg_siamex.recipe.trained import Trained

_FEATURES = {"features": "molecules", "graphs": "connectomes", "rows": "rows"}
"""Domain by the entry of a model's metadata that says how its graphs are made."""

_TABLES = (".csv", ".tsv", ".txt")
"""Endings of tables, of molecules unless it is said that rows are connectomes."""

_GIVE = "give a table of molecules, or a folder or .npz file of connectivity matrices"

_MISFITS = {
    "molecules": "{} is not a table of molecules: give a file, or `domain` connectomes",
    "connectomes": "{} holds no matrices: give a folder of them, an .npz, .mat or .npy file, or a "
    "table of their triangles (.csv)",
}


@checked
def domain_named(name: str) -> Domain:
    """The domain of a name: a package of :mod:`pyg_siamex.recipe`, or one that was added.

    It is imported when it is asked for, so that connectomes need no RDKit.

    Args:
        name: ``"molecules"``, ``"connectomes"``, ``"rows"``, or the name of a domain that
            :func:`~pyg_siamex.recipe.register_domain` or an installed package adds.

    Raises:
        ValueError: If the name is unknown, or an installed domain cannot be imported.

    Example:
        >>> domain_named("molecules").search_method
        'self-learned'
    """
    if name not in DOMAINS:
        check_choice("domain", name, (*DOMAINS, *added_domain_names()))
        return added_domain(name)
    with needed_for(f"the recipe for {name}"):
        domain: Domain = import_module(f"pyg_siamex.recipe.{name}.domain").DOMAIN
    return domain


@checked
def domain_of_path(path: str | Path, named: str | None = None) -> Domain:
    """Connectomes for a folder or an ``.npz``, ``.mat`` or ``.npy`` file, else molecules.

    A table is one of molecules, unless ``named`` says that its rows are connectomes. Rows of other
    tables cannot be told from molecules by a file: ``domain_named("rows")`` has them. A domain that
    was added has files with its own endings, and whatever it is named for.

    Args:
        path: Files to learn from or to search in.
        named: Name of the domain where the user gives it; it must fit ``path``.

    Raises:
        FileNotFoundError: If there is nothing at ``path``.
        ValueError: If the name is unknown, or ``path`` cannot hold that domain.

    Example:
        >>> domain_of_path("study/matrices").name
        'connectomes'
    """
    return domain_named(domain_name(path, named))


def domain_name(path: str | Path, named: str | None = None) -> str:
    """Name of the domain of :func:`domain_of_path`, without importing it.

    Args:
        path: Files to learn from or to search in.
        named: Name of the domain where the user gives it; it must fit ``path``.

    Raises:
        FileNotFoundError: If there is nothing at ``path``.
        ValueError: If the name is unknown, or ``path`` cannot hold that domain.

    Example:
        >>> domain_name("study/matrices")
        'connectomes'
    """
    found = _found_at(Path(path), named)
    if named is None or named == found:
        return found
    if named == "connectomes" and Path(path).suffix.lower() in _TABLES:  # of triangles
        return named
    check_choice("domain", named, (*COMMANDED, *added_domain_names()))
    raise ValueError(_MISFITS[named].format(path))


@checked
def domain_of_model(trained: "Trained") -> Domain:
    """The domain that a model was trained on.

    Args:
        trained: The model and its metadata.

    Raises:
        TypeError: If it is no :class:`Trained`, such as the name of its file.
        ValueError: If its metadata do not say, or name a domain that is not installed here.

    Example:
        >>> domain_of_model(Trained.load("model.siamex")).name
        'molecules'
    """
    name = trained.metadata.get("domain")
    if isinstance(name, str) and name not in DOMAINS:
        return _added_domain_of_model(trained, name)
    for key, name in _FEATURES.items():
        if key in trained.metadata:
            return domain_named(name)
    raise ValueError(f"{trained.name} does not say how its features were made")


def domain_of_both(trained: "Trained", library: "str | Path | pd.DataFrame") -> Domain:
    """The domain of a model and of a library.

    What is a library of an added domain is left to it.

    Args:
        trained: The model.
        library: The library.

    Raises:
        FileNotFoundError: If there is nothing at ``library``.
        ValueError: If they differ.

    Example:
        >>> domain_of_both(trained, "library.csv").name
        'molecules'
    """
    domain = domain_of_model(trained)
    if not isinstance(library, str | Path):
        found = "rows" if domain.name in DOMAINS else domain.name
        where = "a table in memory"
    else:
        own = domain.name if domain.name not in DOMAINS else None
        found, where = domain_name(library, own), str(library)
        if found == "molecules" and domain.name == "rows":  # both are CSV files
            return domain
        if domain.name == "connectomes" and Path(library).suffix.lower() in _TABLES:
            return domain
    if domain.name != found:
        raise ValueError(
            f"{trained.name} was trained on {domain.name}, and {where} is a library of {found}"
        )
    return domain


def _added_domain_of_model(trained: "Trained", name: str) -> Domain:
    if name not in added_domain_names():
        raise ValueError(
            f"{trained.name} is of a domain {name[:64]!r}, which is not known here: install the "
            f"package that adds it, or import the code that calls register_domain"
        )
    return added_domain(name)


def _found_at(path: Path, named: str | None) -> str:
    if not path.exists():
        raise FileNotFoundError(f"no file or folder at {path}: {_GIVE}")
    if named is not None and named in added_domain_names():
        return named
    added = added_domain_of(path.name) if path.is_file() else None
    if added is not None:
        return added
    kept = kept_in(path)
    if kept:
        raise ValueError(f"{path} holds '{kept}' of pyg_siamex, no graphs: {_GIVE}")
    kind = kind_unread(path.name) if path.is_file() else None
    if kind is not None:
        raise ValueError(f"{path} is not read: {kind[0]} files are {kind[1]}")
    archive = path.suffix.lower() in (".npz", ".mat", ".npy")
    return "connectomes" if path.is_dir() or archive else "molecules"
