"""Two subjects' connectomes explained: which connections, or pairs of regions, matter most."""

from typing import Any

import torch
from torch_geometric.explain import Explanation

from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.elements import connection_weights, strongest_edges, undirected_edges
from pyg_siamex.recipe.connectomes.subject_pool import SubjectPool
from pyg_siamex.recipe.connectomes.view import ConnectomeView
from pyg_siamex.recipe.explained import Explained, carried_note
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.methods import explainer_of
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.quality_notes import quality_notes
from pyg_siamex.recipe.trained import Trained

LISTED, _DASH = 8, " \u2013 "


def explain_connectomes(
    trained: Trained,
    pair: tuple[str, str],
    method: str,
    names: tuple[str, str] | None,
    view: ConnectomeView,
) -> Explained:
    """Explain two subjects by name.

    Args:
        trained: The model.
        pair: Names of query and reference.
        method: Key of :data:`~pyg_siamex.recipe.METHODS`; ``"self-learned"`` follows
            what explanations of the training subjects share.
        names: Names of the two in pictures. Default: their own.
        view: Where the matrices and the regions are, and how the pair is drawn.

    Raises:
        ValueError: If a subject is not found or cannot be used.

    Example:
        >>> view = ConnectomeView(style="circles")
        >>> found = explain_connectomes(trained, ("sub-01", "sub-02"), "saliency", None, view)
        >>> found.strongest.columns
        ('subject', 'connection', 'importance', 'itself', 'networks')
    """
    with one_thread():
        pool = SubjectPool(trained.metadata, view)
        (query, reference), seen = pool.pair(pair)
        learns = method == "self-learned" and trained.model.invariance is None
        shared = pool.training if learns else None
        [explanation] = explainer_of(trained.model, method, shared).explain([query], [reference])
        with torch.no_grad():
            probability = float(trained.model.probability(query, reference))
    strongest = (
        _regions(explanation) if explanation.gives_pairs else _connections(explanation, pair)
    )
    notes = _notes(trained.metadata, seen) + carried_note(explanation, "regions")
    return Explained(explanation, probability, trained, pair, names, notes, strongest, view)


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
