"""Two subjects' connectomes explained: which connections, or pairs of regions, matter most."""

from collections.abc import Sequence
from typing import Any

from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.elements import connection_weights, strongest_edges, undirected_edges
from pyg_siamex.explain.long_form import Element
from pyg_siamex.recipe.connectomes.subject_pool import SubjectPool
from pyg_siamex.recipe.connectomes.view import ConnectomeView
from pyg_siamex.recipe.explained import Explained, carried_note
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.quality_notes import quality_notes
from pyg_siamex.recipe.trained import Trained

LISTED, _DASH = 8, " \u2013 "


class SubjectsByName:
    """Subjects' connectomes by name.

    Args:
        trained: The model.
        view: Where the matrices and the regions are, and how pairs are drawn.

    Raises:
        FileNotFoundError: If there are no matrices.

    Example:
        >>> graphs = SubjectsByName(trained, ConnectomeView(style="circles"))
        >>> int(graphs.graph("sub-01").num_nodes)
        40
    """

    def __init__(self, trained: Trained, view: ConnectomeView) -> None:
        self.trained = trained
        self.view = view
        self._pool = SubjectPool(trained.metadata, view)

    @property
    def shared(self) -> list[Data] | None:
        """The subjects that the model learned from, which self-learned masks follow."""
        return self._pool.training

    @property
    def source(self) -> str:
        """Fingerprint of the subjects and their matrices."""
        return self._pool.fingerprint

    def graph(self, name: str) -> Data:
        """The connectome of a subject.

        Args:
            name: Name of the subject.

        Raises:
            ValueError: If the subject is not found or cannot be used.
        """
        return self._pool.graph(name)

    def called(self, graph: Explanation, elements: Sequence[Element]) -> list[str]:
        """Names of regions, or of both regions of a connection.

        Args:
            graph: The connectome.
            elements: Its regions or connections.
        """
        regions = graph.roi_names
        return [
            regions[e.first] if e.second < 0 else _DASH.join((regions[e.first], regions[e.second]))
            for e in elements
        ]

    def news(self, name: str, graph: Explanation) -> tuple[float | None, list[str]]:
        """No distance, whether the model was trained on the subject, and where it is taken from.

        Args:
            name: Name of the subject.
            graph: The connectome.
        """
        seen = self._pool.has_learned_from(name)
        told = ["the model was trained on it, and probabilities are for new subjects"] * seen
        return None, self._pool.elsewhere(name) + told

    def explained(
        self,
        explanation: PairExplanation,
        probability: float,
        pair: tuple[str, str],
        names: tuple[str, str] | None,
    ) -> Explained:
        """The pair with the model's quality and the strongest connections or pairs of regions.

        Args:
            explanation: The explanation.
            probability: That the two are alike.
            pair: Names of query and reference.
            names: Names of the two in pictures. Default: their own.
        """
        strongest = (
            _regions(explanation) if explanation.gives_pairs else _connections(explanation, pair)
        )
        seen = [name for name in pair if self._pool.has_learned_from(name)]
        notes = [note for name in dict.fromkeys(pair) for note in self._pool.elsewhere(name)]
        notes += _notes(self.trained.metadata, seen) + carried_note(explanation, "regions")
        return Explained(
            explanation, probability, self.trained, pair, names, notes, strongest, self.view
        )


def strongest_connections(explanation: Explanation, k: int) -> list[tuple[str, str, float]]:
    """The ``k`` connections of largest magnitude: regions, networks where known, importance.

    Args:
        explanation: An explained connectome with an edge mask.
        k: How many.

    Example:
        >>> graph = explained.explanation.query
        >>> [(regions, networks, importance)] = strongest_connections(graph, 1)
    """
    networks = explanation.get("networks")
    out: list[tuple[str, str, float]] = []
    for i, j, value in strongest_edges(undirected_edges(explanation), k):
        ends = [explanation.roi_names[node] for node in (i, j)]
        inside = [] if networks is None else dict.fromkeys((networks[i], networks[j]))
        out.append((_DASH.join(ends), _DASH.join(inside), value))
    return out


def _notes(metadata: dict[str, Any], seen: list[str]) -> list[str]:
    notes = quality_notes(metadata)
    if seen:
        notes.append(
            f"the model was trained on {' and '.join(seen)} too, and probabilities are for new "
            f"subjects"
        )
    return notes


def _connections(explanation: PairExplanation, pair: tuple[str, str]) -> Listing:
    grouped = "networks" in explanation.query
    rows: list[tuple[str, ...]] = []
    for name, side in zip(pair, (explanation.query, explanation.reference), strict=True):
        weights = connection_weights(side)
        edges = strongest_edges(undirected_edges(side), LISTED)
        for edge, found in zip(edges, strongest_connections(side, LISTED), strict=True):
            connection, networks, value = found
            own = f"{weights[edge.low, edge.high]:+.3g}"
            rows.append((name, connection, f"{value:.3g}", own, *([networks] if grouped else [])))
    columns: tuple[str, ...] = ("subject", "connection", "importance", "itself")
    columns += ("networks",) if grouped else ()
    return Listing(f"strongest connections ({explanation.algorithm})", columns, rows)


def _regions(explanation: PairExplanation) -> Listing:
    query, reference = explanation.query.roi_names, explanation.reference.roi_names
    rows: list[tuple[str, ...]] = [
        (query[i], reference[j], f"{value:.4f}") for i, j, value in explanation.top_pairs(LISTED)
    ]
    title = f"strongest pairs of regions ({explanation.algorithm})"
    terms = {name: f"{value:.4f}" for name, value in explanation.terms.items()}
    return Listing(title, ("query", "reference", "relevance"), rows, terms)
