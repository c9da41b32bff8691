"""Two graphs of some files explained, by name."""

from collections.abc import Sequence

from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.elements import strongest
from pyg_siamex.explain.long_form import Element, mask_elements
from pyg_siamex.recipe.explained import Explained, View, carried_note
from pyg_siamex.recipe.graphs.library import NamedGraphLibrary
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.quality_notes import quality_notes
from pyg_siamex.recipe.trained import Trained

_LISTED = 8


class GraphsByName:
    """Graphs by name, with the names of their nodes, ``node_names``, where they have any.

    Args:
        library: The graphs.
        trained: The model.
        view: How pairs are drawn.

    Attributes:
        shared: Nothing: nodes of different graphs are not the same.
        source: Fingerprint of the graphs.

    Example:
        >>> from pyg_siamex.recipe.graphs.view import GraphView
        >>> for k, graph in enumerate(graphs):
        ...     graph.name = f"m{k}"
        >>> library = NamedGraphLibrary(graphs, trained, Path("molecules.csv"))
        >>> GraphsByName(library, trained, GraphView()).graph("m1").name
        'm1'
    """

    def __init__(self, library: NamedGraphLibrary, trained: Trained, view: View) -> None:
        self.trained = trained
        self.view = view
        self.shared: list[Data] | None = None
        self.source: str = library.source
        self._library = library

    def graph(self, name: str) -> Data:
        """The graph of a name.

        Args:
            name: Its name.

        Raises:
            ValueError: If there is none, or more than one.
        """
        return self._library[self._library.find(name)[0]]

    def called(self, graph: Explanation, elements: Sequence[Element]) -> list[str]:
        """Names of nodes, and of edges by their nodes.

        Args:
            graph: The graph.
            elements: Its nodes or edges.
        """
        nodes = [str(name) for name in graph.get("node_names") or range(int(graph.num_nodes or 0))]
        return [
            nodes[e.first] if e.second < 0 else f"{nodes[e.first]}-{nodes[e.second]}"
            for e in elements
        ]

    def news(self, name: str, graph: Explanation) -> tuple[float | None, list[str]]:
        """No distance, and nothing to know.

        Args:
            name: Name of the graph.
            graph: The graph.
        """
        return None, []

    def explained(
        self,
        explanation: PairExplanation,
        probability: float,
        pair: tuple[str, str],
        names: tuple[str, str] | None,
    ) -> Explained:
        """The pair with the model's quality and the strongest parts.

        Args:
            explanation: The explanation.
            probability: That the two are alike.
            pair: Names of query and reference.
            names: Names of the two in pictures. Default: their own.
        """
        notes = quality_notes(self.trained.metadata) + carried_note(explanation, "nodes")
        matrix = explanation.relevance if explanation.gives_pairs else None
        found = (
            self._parts(explanation, pair) if matrix is None else self._ends(explanation, matrix)
        )
        return Explained(
            explanation, probability, self.trained, pair, names, notes, found, self.view
        )

    def _parts(self, explanation: PairExplanation, pair: tuple[str, str]) -> Listing:
        rows: list[tuple[str, ...]] = []
        for name, side in zip(pair, (explanation.query, explanation.reference), strict=True):
            found = sorted(mask_elements(side), key=lambda e: -abs(e.importance))[:_LISTED]
            called = self.called(side, found)
            rows += [
                (name, part, f"{e.importance:.3g}") for part, e in zip(called, found, strict=True)
            ]
        return _listing(explanation, ("graph", "part", "importance"), rows)

    def _ends(self, explanation: PairExplanation, matrix: Tensor) -> Listing:
        rows: list[tuple[str, ...]] = []
        for place in strongest(matrix.flatten(), _LISTED):
            row, column = divmod(place, matrix.size(1))
            sides = ((explanation.query, row), (explanation.reference, column))
            ends = [self.called(side, [Element("node", node, -1, 0.0)])[0] for side, node in sides]
            rows.append((*ends, f"{float(matrix[row, column]):.3g}"))
        return _listing(explanation, ("query", "reference", "relevance"), rows)


def _listing(
    explanation: PairExplanation, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> Listing:
    terms = {name: f"{value:.4f}" for name, value in explanation.terms.items()}
    return Listing(f"strongest parts ({explanation.algorithm})", columns, rows, terms)
