"""What is different from one kind of graphs to another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from pyg_siamex.recipe.nearest_hits import NearestHits, search_nearest

if TYPE_CHECKING:
    from pyg_siamex.explain import Overview, PairExplainer, SearchResult
    from pyg_siamex.recipe.demo import Demo
    from pyg_siamex.recipe.graph_library import GraphLibrary
    from pyg_siamex.recipe.labelled import Labelled
    from pyg_siamex.recipe.named_graphs import NamedGraphs
    from pyg_siamex.recipe.trained import Learned


def no_demo(*arguments: object) -> NoReturn:
    """Refuse a demonstration that a domain does not have.

    Args:
        *arguments: Whatever a demonstration takes.

    Raises:
        ValueError: Always.

    Example:
        >>> no_demo(1, 0)
        Traceback (most recent call last):
        ...
        ValueError: there is a demonstration of molecules and of connectomes alone
    """
    raise ValueError("there is a demonstration of molecules and of connectomes alone")


@dataclass(frozen=True)
class Domain:
    """All that is different from one kind of graphs to another.

    Arguments of the functions are given in this order, by place. What they return is a
    :class:`~pyg_siamex.recipe.Learned`, :class:`~pyg_siamex.recipe.NamedGraphs`,
    :class:`~pyg_siamex.recipe.GraphLibrary` and :class:`~pyg_siamex.recipe.Labelled`.

    Attributes:
        name: Its name, such as ``"molecules"``.
        method: Name of the explainer that is advised for a pair.
        search_method: Name of the explainer that is advised for the hits of a search.
        reading: Class that says how the domain's files are read; it can be made without arguments.
        view: Class that says how an explained pair is drawn, a
            :class:`~pyg_siamex.recipe.View`; it can be made without arguments.
        train: From files, a label and a reading to a trained model. It also takes, by name,
            ``max_difference`` and ``strict``, see :func:`~pyg_siamex.recipe.train_rows`, and
            ``settings``.
        named: From a model and a view to the graphs of which users name pairs.
        library: From files, a model and a reading to the graphs to search in.
        labelled: From files, a model, a label or ``None``, a name of groups or ``None``, the most
            graphs and a reading to graphs with classes, their nodes in groups.
        explainer: From a model, the name of an explainer and graphs to learn from, or ``None``, to
            the explainer.
        overview: From a model and labelled graphs to what drives their similarity.
        demo: Class of a demonstration without any data of the user.
        choice: Class that says which entries of a library are hits.
        search: From a library and a query to the hits.
        endings: Of an added domain, how names of its files end, such as ``(".ply",)``. Files with
            other endings, and folders, are read if the domain is named.

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
    demo: Callable[..., "Demo"] = no_demo
    choice: type = NearestHits
    search: Callable[..., "SearchResult"] = search_nearest
    endings: tuple[str, ...] = ()

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


def _instance(argument: str, given: Any, wanted: type, domain: str) -> Any:
    if given is None:
        return wanted()
    if not isinstance(given, wanted):
        raise TypeError(
            f"{argument} must be {wanted.__name__} for {domain} (got {type(given).__name__})"
        )
    return given
