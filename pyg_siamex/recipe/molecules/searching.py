"""Search as chemists need it: all columns, near-duplicates apart, diverse hits, an estimate."""

from collections.abc import Sequence
from dataclasses import replace

from torch_geometric.data import Data

from pyg_siamex._given import either
from pyg_siamex.chemistry.diverse import most_diverse
from pyg_siamex.chemistry.parent import parent_smiles
from pyg_siamex.explain import Hit, PairExplainer, SearchResult
from pyg_siamex.explain import search as nearest
from pyg_siamex.explain.search import free_name
from pyg_siamex.nn import Library
from pyg_siamex.nn.neighbour_estimate import NeighbourEstimate, estimate_by_neighbours
from pyg_siamex.recipe.choices import TO_TRAINING
from pyg_siamex.recipe.labelled import sampled
from pyg_siamex.recipe.molecules.hit_choice import HitChoice
from pyg_siamex.recipe.molecules.library import MoleculeLibrary

_NEIGHBOURS = 5
"""How many neighbours are averaged for an estimate, by default."""

_JUDGED = 5000
"""Most entries that are compared with the training molecules."""


def search_molecules(
    entries: Library,
    graphs: MoleculeLibrary,
    query: Data | int,
    k: int,
    explainer: PairExplainer,
    name: str,
    choice: HitChoice,
) -> SearchResult:
    """Find molecules, each with its distance to the training molecules and what its table says.

    Args:
        entries: Embeddings of the library.
        graphs: The library.
        query: A molecule, or the position of an entry.
        k: How many hits.
        explainer: Explains each hit.
        name: Name of the query.
        choice: Which molecules are hits, and what is estimated.

    Raises:
        ValueError: If there are too few entries, or the column of the activity has too few numbers.

    Example:
        >>> found = search(trained, "library.csv", "CCO", k=2, choice=HitChoice(duplicates=True))
        >>> found.result.folded
        []
    """
    values = None if choice.activity is None else graphs.measured(choice.activity)
    found = nearest(
        entries,
        graphs,
        query,
        k,
        explainer=explainer,
        name=name,
        duplicate=None if choice.duplicates else _parent,
        choose=_diverse if choice.diverse else None,
    )
    estimate = None
    if values is not None:
        unseen = _unseen(graphs, len(entries))
        estimate = _estimate(entries, values, query, found, choice, unseen)
    hits, folded = (_with_columns(some, graphs) for some in (found.hits, found.folded))
    return replace(found, hits=hits, folded=folded, estimate=estimate)


def _with_columns(hits: list[Hit], graphs: MoleculeLibrary) -> list[Hit]:
    return [replace(hit, columns=_columns(hit.position, graphs)) for hit in hits]


def _columns(position: int, graphs: MoleculeLibrary) -> dict[str, str]:
    distance = graphs.known.distance(str(graphs[position].smiles))
    known = {} if distance is None else {TO_TRAINING: f"{distance:.2f}"}
    cells = graphs.cells(position)
    return known | {
        free_name(key, known.keys() | (cells.keys() - {key})): cells[key] for key in cells
    }


def _parent(graph: Data) -> str:
    return parent_smiles(graph.smiles)


def _diverse(graphs: Sequence[Data], count: int) -> list[int]:
    return most_diverse([graph.smiles for graph in graphs], count)


def _unseen(graphs: MoleculeLibrary, count: int) -> set[int] | None:
    """Entries unlike all training molecules, of at most 5,000; ``None`` if these are unknown."""
    if graphs.known.trained_on is None:
        return None
    some = sampled(count, _JUDGED)
    away = [graphs.known.distance(str(graphs[position].smiles)) for position in some]
    return {
        k for k, distance in zip(some, away, strict=True) if distance is not None and distance > 0
    }


def _estimate(
    entries: Library,
    values: list[float | None],
    query: Data | int,
    found: SearchResult,
    choice: HitChoice,
    unseen: set[int] | None,
) -> NeighbourEstimate:
    """The activity of the query, from neighbours that are no near-duplicates of it."""
    place = entries.embeddings[query] if isinstance(query, int) else query
    return estimate_by_neighbours(
        entries,
        values,
        place,
        neighbours=either(choice.neighbours, _NEIGHBOURS),
        exclude={hit.position for hit in found.folded},
        unseen=unseen,
        name=choice.activity or "",
    )
