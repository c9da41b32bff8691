"""What a model is about: molecules, connectomes or rows, by name, by a model or by the files."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._unread import kind_unread
from pyg_siamex.recipe.choices import COMMANDED, DOMAINS, check_choice
from pyg_siamex.recipe.nearest_hits import NearestHits, search_nearest

if TYPE_CHECKING:
    import pandas as pd

    from pyg_siamex.explain import Overview, PairExplainer, SearchResult
    from pyg_siamex.recipe.demo import Demo
    from pyg_siamex.recipe.graph_library import GraphLibrary
    from pyg_siamex.recipe.labelled import Labelled
    from pyg_siamex.recipe.named_graphs import NamedGraphs
    from pyg_siamex.recipe.trained import Learned, Trained

_FEATURES = {"features": "molecules", "graphs": "connectomes", "rows": "rows"}
"""Domain by the entry of a model's metadata that says how its graphs are made."""

_TABLES = (".csv", ".tsv", ".txt")
"""Endings of tables, of molecules unless it is said that rows are connectomes."""

_MISFITS = {
    "molecules": "{} is not a table of molecules: give a file, or `domain` connectomes",
    "connectomes": "{} holds no matrices: give a folder of them, an .npz, .mat or .npy file, or a "
    "table of their triangles (.csv)",
}


@dataclass(frozen=True)
class Domain:
    """All that is different from one kind of graphs to another.

    Attributes:
        name: ``"molecules"``, ``"connectomes"`` or ``"rows"``.
        method: Name of the explainer that is advised for a pair.
        search_method: Name of the explainer that is advised for the hits of a search.
        reading: Class that says how the domain's files are read.
        view: Class that says how an explained pair is drawn.
        train: From files and a label to a trained model.
        named: From a model and a view to the graphs of which users name pairs.
        library: Graphs to search in.
        labelled: Graphs with classes, their nodes in groups.
        explainer: The explainer of a name.
        overview: What drives the similarity of labelled graphs.
        demo: Class of a demonstration without any data of the user.
        choice: Class that says which entries of a library are hits.
        search: From a library and a query to the hits.

    Example:
        >>> domain_named("connectomes").method
        'self-learned'
    """

    name: str
    method: str
    search_method: str
    reading: type
    view: type
    train: Callable[..., "Learned"]
    named: Callable[..., "NamedGraphs"]
    library: Callable[..., "GraphLibrary"]
    labelled: Callable[..., "Labelled"]
    explainer: Callable[..., "PairExplainer"]
    overview: Callable[..., "Overview"]
    demo: Callable[..., "Demo"]
    choice: type = NearestHits
    search: Callable[..., "SearchResult"] = search_nearest

    def read_by(self, reading: Any) -> Any:
        """How files are read: as given, or by the domain's defaults.

        Args:
            reading: An instance of :attr:`reading`, or ``None``.

        Raises:
            TypeError: If it is for another domain.
        """
        return _instance("reading", reading, self.reading, self.name)

    def chosen_by(self, choice: Any) -> Any:
        """Which entries are hits: as given, or by the domain's defaults.

        Args:
            choice: An instance of :attr:`choice`, or ``None``.

        Raises:
            TypeError: If it is for another domain.
        """
        return _instance("choice", choice, self.choice, self.name)

    def viewed_by(self, view: Any) -> Any:
        """How a pair is drawn: as given, or by the domain's defaults.

        Args:
            view: An instance of :attr:`view`, or ``None``.

        Raises:
            TypeError: If it is for another domain.
        """
        return _instance("view", view, self.view, self.name)


@checked
def domain_named(name: str) -> Domain:
    """The domain of a name, a package of :mod:`pyg_siamex.recipe`.

    It is imported when it is asked for, so that connectomes need no RDKit.

    Args:
        name: ``"molecules"``, ``"connectomes"`` or ``"rows"``.

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> domain_named("molecules").search_method
        'self-learned'
    """
    check_choice("domain", name, DOMAINS)
    with needed_for(f"the recipe for {name}"):
        domain: Domain = import_module(f"pyg_siamex.recipe.{name}.domain").DOMAIN
    return domain


@checked
def domain_of_path(path: str | Path, named: str | None = None) -> Domain:
    """Connectomes for a folder or an ``.npz``, ``.mat`` or ``.npy`` file, else molecules.

    A table is one of molecules, unless ``named`` says that its rows are connectomes. Rows of other
    tables cannot be told from molecules by a file: ``domain_named("rows")`` has them.

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
    found = _found_at(Path(path))
    if named is None or named == found:
        return found
    if named == "connectomes" and Path(path).suffix.lower() in _TABLES:  # of triangles
        return named
    check_choice("domain", named, COMMANDED)
    raise ValueError(_MISFITS[named].format(path))


@checked
def domain_of_model(trained: "Trained") -> Domain:
    """The domain that a model was trained on.

    Args:
        trained: The model and its metadata.

    Raises:
        ValueError: If its metadata do not say.

    Example:
        >>> domain_of_model(Trained.load("model.siamex")).name
        'molecules'
    """
    for key, name in _FEATURES.items():
        if key in trained.metadata:
            return domain_named(name)
    raise ValueError(f"{trained.name} does not say how its features were made")


def domain_of_both(trained: "Trained", library: "str | Path | pd.DataFrame") -> Domain:
    """The domain of a model and of a library.

    Args:
        trained: The model.
        library: The library.

    Raises:
        FileNotFoundError: If there is nothing at ``path``.
        ValueError: If they differ.

    Example:
        >>> domain_of_both(trained, "library.csv").name
        'molecules'
    """
    domain = domain_of_model(trained)
    if not isinstance(library, str | Path):
        found, where = "rows", "a table in memory"
    else:
        found, where = domain_name(library), str(library)
        if found == "molecules" and domain.name == "rows":  # both are CSV files
            return domain
        if domain.name == "connectomes" and Path(library).suffix.lower() in _TABLES:
            return domain
    if domain.name != found:
        raise ValueError(
            f"{trained.name} was trained on {domain.name}, and {where} is a library of {found}"
        )
    return domain


def _found_at(path: Path) -> str:
    if not path.exists():
        raise FileNotFoundError(
            f"no file or folder at {path}: give a table of molecules, or a folder or .npz file "
            f"of connectivity matrices"
        )
    kind = kind_unread(path.name) if path.is_file() else None
    if kind is not None:
        raise ValueError(f"{path} is not read: {kind[0]} files are {kind[1]}")
    archive = path.suffix.lower() in (".npz", ".mat", ".npy")
    return "connectomes" if path.is_dir() or archive else "molecules"


def _instance(argument: str, given: Any, wanted: type, domain: str) -> Any:
    if given is None:
        return wanted()
    if not isinstance(given, wanted):
        raise TypeError(
            f"{argument} must be {wanted.__name__} for {domain} (got {type(given).__name__})"
        )
    return given
