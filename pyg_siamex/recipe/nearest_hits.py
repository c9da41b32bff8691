"""Hits of a library are its nearest entries, where a domain has no choice of its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch_geometric.data import Data

    from pyg_siamex.explain import PairExplainer, SearchResult
    from pyg_siamex.nn import Library
    from pyg_siamex.recipe.graph_library import GraphLibrary


@dataclass(frozen=True)
class NearestHits:
    """All of the nearest entries are hits.

    Example:
        >>> NearestHits()
        NearestHits()
    """

    def check(self, graphs: "GraphLibrary") -> None:
        """Refuse a choice that a library cannot meet, before it is embedded; here none.

        Args:
            graphs: The library.
        """


def search_nearest(
    entries: "Library",
    graphs: "GraphLibrary",
    query: "Data | int",
    k: int,
    explainer: "PairExplainer",
    name: str,
    choice: NearestHits,
) -> "SearchResult":
    """The nearest entries, each explained; see :func:`pyg_siamex.explain.search`.

    Args:
        entries: Embeddings of the library.
        graphs: The library.
        query: A graph, or the position of an entry.
        k: How many hits.
        explainer: Explains each hit.
        name: Name of the query.
        choice: Not used; there is one.

    Example:
        >>> from pyg_siamex.recipe.embedded import embedded
        >>> from pyg_siamex.recipe.molecules.library import MoleculeLibrary
        >>> graphs = MoleculeLibrary("library.csv", trained)
        >>> entries, _ = embedded(graphs, trained, None)
        >>> explainer = PairExplainer(trained.model, Occlusion(), edge_mask_type="object")
        >>> search_nearest(entries, graphs, 0, 2, explainer, "one", NearestHits()).query_name
        'one'
    """
    from pyg_siamex.explain import search

    return search(entries, graphs, query, k, explainer=explainer, name=name)
