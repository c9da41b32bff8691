"""Nearest neighbours of a query with explanations, and a contrast of the first and the second."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._given import either
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.contrast import Contrast, contrast
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.nn.library import Library
from pyg_siamex.nn.neighbours import Nearest
from pyg_siamex.nn.siamese import SiameseGNN

_EXPLAINED = 25
"""Default number of explained hits."""


class _Graphs(Protocol):
    """The graphs of a library by position; they may be made on access."""

    def __getitem__(self, position: int, /) -> Data:
        """The graph at ``position``."""


@dataclass(frozen=True)
class Hit:
    """One entry that was found.

    Attributes:
        rank: Rank of the entry, 1 for the most similar.
        position: Position in the library.
        name: Name in the library.
        similarity: Similarity to the query.
        probability: Calibrated probability that the two are alike, in (0, 1).
        explanation: Explanation of the pair, or ``None`` for hits that are not explained.
    """

    rank: int
    position: int
    name: str
    similarity: float
    probability: float
    explanation: PairExplanation | None = None


@dataclass(frozen=True)
class SearchResult:
    """The result of a search.

    Attributes:
        query: The query.
        query_name: Its name.
        hits: The hits by decreasing similarity.
        size: Number of entries of the library.
        excluded: Names of the entries that were left out because they are the query itself.
        contrast: Why hit 1 is closer than hit 2; ``None`` for a single hit.
    """

    query: Data
    query_name: str
    hits: list[Hit]
    size: int
    excluded: list[str] = field(default_factory=list)
    contrast: Contrast | None = None


def search(
    library: Library,
    graphs: _Graphs,
    query: Data | int,
    k: int = 10,
    *,
    explainer: PairExplainer,
    name: str | None = None,
    explained: int = _EXPLAINED,
) -> SearchResult:
    """Find the entries most similar to a query, and explain each of them.

    Entries that are the query itself are left out: the entry at its position, and every entry among
    the nearest that is equal by :func:`same_graph`. Hit 1 is contrasted with hit 2 by the explainer
    if it gives pair matrices, otherwise by :class:`BiLRP`, or by :class:`IntegratedJacobians` for
    models without BiLRP rules, with biases counted to the nodes.

    Args:
        library: The entries' embeddings.
        graphs: The entries' graphs by position; only the graphs of hits are read.
        query: A graph, or the position of an entry.
        k: Number of hits, at least 1.
        explainer: Explains each hit; must have the library's model.
        name: Name of the query. Default: the name of the entry, or "query".
        explained: Largest number of hits to explain.

    Raises:
        ValueError: If ``k`` or ``explained`` is below 1, there are fewer than ``k`` other entries,
            or the explainer has another model.

    Example:
        >>> explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
        >>> found = search(Library.embed(model, graphs), graphs, 0, 3, explainer=explainer)
        >>> len(found.hits)
        3
    """
    if explainer.model is not library.model:
        raise ValueError("explainer and library must be of one and the same model")
    if explained < 1:
        raise ValueError(f"explained must be at least 1 (got {explained})")
    if isinstance(query, int):
        graph, name, own = graphs[query], either(name, library.names[query]), {query}
    else:
        graph, own = query, set()
    place: Data | Tensor = library.embeddings[query] if isinstance(query, int) else graph
    nearest, own = _others(library, graphs, graph, place, k, own)
    hits = _hits(library, graphs, graph, nearest, explainer, explained)
    why = None
    if len(hits) > 1:
        why = _contrast(explainer, graph, *(graphs[hit.position] for hit in hits[:2]))
    excluded = [library.names[position] for position in sorted(own)]
    return SearchResult(graph, either(name, "query"), hits, len(library), excluded, why)


def same_graph(one: Data, other: Data) -> bool:
    """Whether two graphs are equal: the same molecule, or else the same features and edges.

    Args:
        one: A graph; a molecule if it has ``smiles``.
        other: Another graph.
    """
    texts = [graph.get("smiles") for graph in (one, other)]
    if all(isinstance(text, str) for text in texts):
        return texts[0] == texts[1] or _canonical(texts[0]) == _canonical(texts[1])
    return all(
        _equal(one.get(key), other.get(key))
        for key in ("x", "edge_index", "edge_weight", "edge_attr")
    )


def _others(
    library: Library, graphs: _Graphs, query: Data, place: Data | Tensor, k: int, own: set[int]
) -> tuple[Nearest, set[int]]:
    """The nearest entries without the query, and the positions of the query."""
    while True:
        nearest = library.nearest(place, k, exclude=own)
        copies = {p for p in nearest.position if same_graph(query, graphs[p])}
        if not copies:
            return nearest, own
        own = own | copies


def _hits(
    library: Library,
    graphs: _Graphs,
    query: Data,
    nearest: Nearest,
    explainer: PairExplainer,
    explained: int,
) -> list[Hit]:
    found = [graphs[position] for position in nearest.position[:explained]]
    explanations: list[PairExplanation | None] = [*explainer.explain([query] * len(found), found)]
    explanations += [None] * (len(nearest.position) - len(found))
    probability = _probability(library.model, nearest.similarity)
    rows = zip(*nearest, probability, explanations, strict=True)
    return [
        Hit(rank, position, library.names[position], similarity, alike, explanation)
        for rank, (position, similarity, alike, explanation) in enumerate(rows, start=1)
    ]


@torch.no_grad()
def _probability(model: SiameseGNN, similarity: list[float]) -> list[float]:
    device = model.calibration.shift.device
    return model.calibration(torch.tensor(similarity, device=device)).sigmoid().tolist()


def _contrast(explainer: PairExplainer, query: Data, first: Data, second: Data) -> Contrast:
    def by(algorithm: BiLRP | IntegratedJacobians) -> Callable[[], Contrast]:
        own = PairExplainer(explainer.model, algorithm, node_mask_type="object")
        return lambda: contrast(own, query, first, second)

    if isinstance(explainer.algorithm, BiLRP | IntegratedJacobians):
        return by(explainer.algorithm)()
    try:
        return by(BiLRP(biases="nodes"))()
    except ValueError:  # a layer or a head without a rule
        return by(IntegratedJacobians(biases="nodes"))()


@lru_cache(maxsize=4096)
def _canonical(smiles: str) -> str:
    """Canonical SMILES, or the text itself if it is invalid."""
    from pyg_siamex.chemistry import canonical_smiles  # only molecules need RDKit

    try:
        return canonical_smiles(smiles)
    except ValueError:
        return smiles


def _equal(one: object, other: object) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.shape == other.shape and bool((one == other).all())
    return one is None and other is None
