"""Nearest neighbours of a query with explanations, and a contrast of the first and the second."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from functools import lru_cache
from numbers import Integral
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.edge_index import EdgeIndex

from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._notebook import frame_html
from pyg_siamex._numbers import whole
from pyg_siamex.data.checked_graph import check_not_meta, check_types
from pyg_siamex.data.graph_keys import READ
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.contrast import Contrast, contrast
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.found_graphs import check_found
from pyg_siamex.nn.library import Library
from pyg_siamex.nn.neighbour_estimate import NeighbourEstimate
from pyg_siamex.nn.neighbours import Nearest
from pyg_siamex.nn.siamese import SiameseGNN

if TYPE_CHECKING:
    import pandas as pd

_EXPLAINED = 25
"""Default number of explained hits."""

_POOL = 10
"""Nearest entries for each hit, of which diverse ones are chosen."""

Chooser = Callable[[Sequence[Data], int], list[int]]
"""Chooses some of the nearest graphs: positions, ascending."""


class _Graphs(Protocol):
    """The graphs of a library by position; they may be made on access."""

    def __getitem__(self, position: int, /) -> Data:
        """The graph at ``position``."""


@dataclass(frozen=True)
class _Entries:
    """The graphs of a library, each looked at when it is read."""

    graphs: _Graphs

    def __getitem__(self, position: int, /) -> Data:
        graph = self.graphs[position]
        check_types(graph, f"entry {position} of graphs")
        return graph


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
        columns: What the library's table says of the entry, by column.
        graph: The entry's graph.
        twins: Names of near-duplicates of this entry, which are no hits of their own.
    """

    rank: int
    position: int
    name: str
    similarity: float
    probability: float
    explanation: PairExplanation | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    graph: Data | None = field(default=None, repr=False, compare=False)
    twins: tuple[str, ...] = ()


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
        folded: Near-duplicates of the query, which are no hits, by decreasing similarity.
        estimate: A value of the query estimated from its neighbours, if it was asked for.
        diverse: Whether hits were chosen for their diversity among more of the nearest.
    """

    query: Data
    query_name: str
    hits: list[Hit]
    size: int
    excluded: list[str] = field(default_factory=list)
    contrast: Contrast | None = None
    folded: list[Hit] = field(default_factory=list)
    estimate: NeighbourEstimate | None = None
    diverse: bool = False

    def __repr__(self) -> str:
        """Query, number of hits and the first of them, in one line."""
        first = f", first='{self.hits[0].name}'" if self.hits else ""
        hits = f"{len(self.hits)} hits of {self.size}"
        return f"SearchResult(query='{self.query_name}', {hits}{first})"

    def _repr_html_(self) -> str:
        """The hits as a table, for notebooks."""
        title = f"{len(self.hits)} hits of {self.size} for {self.query_name}"
        return frame_html(title, self.to_frame())

    def to_frame(self) -> "pd.DataFrame":
        """A row per hit: ``rank``, ``entry`` (from 1), ``name``, ``similarity``, ``probability``.

        Where a hit has near-duplicates, ``near_duplicates`` names them. The columns of the
        library's table follow; a name that is taken gets a ``_`` at its end, or more.
        """
        import pandas as pd

        told = any(hit.twins for hit in self.hits)
        rows = [
            {
                "rank": hit.rank,
                "entry": hit.position + 1,
                "name": hit.name,
                "similarity": hit.similarity,
                "probability": hit.probability,
                **({"near_duplicates": "; ".join(hit.twins)} if told else {}),
            }
            for hit in self.hits
        ]
        taken = {"rank", "entry", "name", "similarity", "probability", "near_duplicates"}
        columns = dict.fromkeys(key for hit in self.hits for key in hit.columns)
        named = {key: free_name(key, taken | (columns.keys() - {key})) for key in columns}
        for row, hit in zip(rows, self.hits, strict=True):
            row |= {
                named[key]: text
                for key, text in hit.columns.items()
                if not (key == "name" and text == hit.name)
            }
        return pd.DataFrame(rows)


def free_name(name: str, taken: Collection[str]) -> str:
    """A name, with as many ``_`` at its end as it takes to be none of others.

    Args:
        name: The name.
        taken: The others.

    Example:
        >>> free_name("rank", {"rank", "rank_"}), free_name("entry", {"rank"})
        ('rank__', 'entry')
    """
    while name in taken:
        name += "_"
    return name


@checked
def search(
    library: Library,
    graphs: _Graphs,
    query: Data | int,
    k: int = 10,
    *,
    explainer: PairExplainer,
    name: str | None = None,
    explained: int = _EXPLAINED,
    duplicate: Callable[[Data], Hashable] | None = None,
    choose: Chooser | None = None,
) -> SearchResult:
    """Find the entries most similar to a query, and explain each of them.

    Entries that are the query itself are left out: the entry at its position, and every entry among
    the nearest that is equal by :func:`same_graph`. Hit 1 is contrasted with hit 2 by the explainer
    if it gives pair matrices, otherwise by :class:`BiLRP`, or by :class:`IntegratedJacobians` for
    models without BiLRP rules, with biases counted to the nodes.

    Args:
        library: The entries' embeddings.
        graphs: The entries' graphs by position, those that the library embedded and in its order;
            only the graphs of hits are read.
        query: A graph, or the position of an entry.
        k: Number of hits, at least 1.
        explainer: Explains each hit; must have the library's model.
        name: Name of the query. Default: the name of the entry, or "query".
        explained: Largest number of hits to explain.
        duplicate: From a graph to a key; entries with the query's key are its near-duplicates,
            which are folded into one list and are no hits. Of several hits with one key the nearest
            is a hit, which names the others as its ``twins``.
        choose: From the 10 ``k`` nearest graphs and ``k`` to the positions of the hits among them.
            Default: the ``k`` nearest.

    Raises:
        TypeError: If a graph that is read is none.
        ValueError: If ``k`` or ``explained`` is below 1, there are fewer than ``k`` other entries,
            a graph that is read cannot be used or is not the one that the library embedded, the
            explainer has another model, or ``choose`` fails or gives something else than different
            positions.

    Example:
        >>> explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
        >>> found = search(Library.embed(model, graphs), graphs, 0, 3, explainer=explainer)
        >>> len(found.hits)
        3
    """
    if explainer.model is not library.model:
        raise ValueError("explainer and library must be of one and the same model")
    whole("explained", explained)
    if isinstance(graphs, Sized) and len(graphs) != len(library):
        raise ValueError(f"{len(graphs)} graphs for a library of {len(library)} entries")
    graphs = _Entries(graphs)
    if isinstance(query, int):
        if not 0 <= query < len(library):
            raise ValueError(
                f"query is the position of an entry, from 0 to {len(library) - 1} (got {query}); "
                f"give a graph to search for one that is no entry"
            )
        graph, name, own = graphs[query], either(name, library.names[query]), {query}
    else:
        graph, own = query, set()
    place = library.embeddings[query] if isinstance(query, int) else library.place(graph)
    if isinstance(query, int):
        check_found(library, place, [graph], [query])
    pool = k if choose is None else min(_POOL * k, len(library))
    nearest, own, near, twins = _others(library, graphs, graph, place, pool, k, own, duplicate)
    if choose is not None:
        kept = _chosen(choose, [graphs[position] for position in nearest.position], k)
        nearest = Nearest(
            [nearest.position[k] for k in kept], [nearest.similarity[k] for k in kept]
        )
    read = [*nearest.position, *near.position]
    check_found(library, place, [graphs[position] for position in read], read)
    hits = [
        replace(hit, twins=tuple(library.names[p] for p in twins.get(hit.position, ())))
        for hit in _hits(library, graphs, graph, nearest, explainer, explained)
    ]
    why = None
    if len(hits) > 1:
        why = _contrast(explainer, graph, *(graphs[hit.position] for hit in hits[:2]))
    excluded = [library.names[position] for position in sorted(own)]
    folded = _hits(library, graphs, graph, near, explainer, 0)
    return SearchResult(
        graph,
        either(name, "query"),
        hits,
        len(library),
        excluded,
        why,
        folded,
        diverse=choose is not None,
    )


@checked
def same_graph(one: Data, other: Data) -> bool:
    """Whether two graphs are equal: the same molecule, or else the same nodes and edges.

    Nodes and edges are compared by what encoders usually read of them: ``x``, ``z``, ``node_type``,
    ``edge_attr``, ``edge_weight`` and ``edge_type``.

    Args:
        one: A graph; a molecule if it has ``smiles``.
        other: Another graph.

    Raises:
        ValueError: If features or edges have no values.
    """
    texts = [graph.get("smiles") for graph in (one, other)]
    if all(isinstance(text, str) for text in texts):
        return texts[0] == texts[1] or _canonical(texts[0]) == _canonical(texts[1])
    return all(
        _equal(one.get(key), other.get(key), f"{key} of a graph") for key in ("edge_index", *READ)
    )


def _chosen(choose: Chooser, nearest: list[Data], k: int) -> list[int]:
    found = called("choose", choose, nearest, k)
    fits = isinstance(found, Sequence) and all(
        isinstance(one, Integral) and 0 <= one < len(nearest) for one in found
    )
    if not fits or not 0 < len(set(found)) == len(found) <= k:
        raise ValueError(
            f"`choose` must give at most {k} different positions from 0 to {len(nearest) - 1} (got "
            f"{found!r:.60})"
        )
    return [int(one) for one in found]


def _others(
    library: Library,
    graphs: _Graphs,
    query: Data,
    place: Tensor,
    most: int,
    least: int,
    own: set[int],
    duplicate: Callable[[Data], Hashable] | None,
) -> tuple[Nearest, set[int], Nearest, dict[int, list[int]]]:
    """The nearest entries without the query, the query's positions, and near-duplicates.

    The last are those of the query, and those of each of the nearest by its position.
    """
    near: dict[int, float] = {}
    twins: dict[int, list[int]] = {}
    key = _key(duplicate, query)
    while True:
        left_out, folded = own | set(near), {p for some in twins.values() for p in some}
        left = len(library) - len(left_out)
        count = max(least, min(most, left))
        if left >= least:  # folding the hits may leave fewer of them
            count = min(count, left - len(folded))
        nearest = library.nearest(place, count, exclude=left_out | folded)
        copies = {p for p in nearest.position if same_graph(query, graphs[p])}
        found = nearest.position if duplicate is not None else []
        keys = {p: _key(duplicate, graphs[p]) for p in found}
        alike = {
            p: similarity
            for p, similarity in zip(*nearest, strict=True)
            if duplicate is not None and p not in copies and keys[p] == key
        }
        again = _add_twins(twins, [p for p in keys if p not in copies | set(alike)], keys)
        if not copies and not alike and not again:
            ranked = sorted(near.items(), key=lambda item: (-item[1], item[0]))
            query_near = Nearest([p for p, _ in ranked], [s for _, s in ranked])
            return nearest, own, query_near, twins
        own, near = own | copies, near | alike


def _key(duplicate: Callable[[Data], Hashable] | None, graph: Data) -> Hashable:
    """What near-duplicates share, or ``None``."""
    if duplicate is None:
        return None
    key = called("duplicate", duplicate, graph)
    if not isinstance(key, Hashable) or hasattr(key, "ndim"):
        raise ValueError(
            f"`duplicate` must return a key, such as a text (got {type(key).__name__})"
        )
    return key


def _add_twins(
    twins: dict[int, list[int]], positions: list[int], keys: dict[int, Hashable]
) -> bool:
    """Add later entries to the first with the same key; whether there were any."""
    first: dict[Hashable, int] = {}
    found = False
    for position in positions:
        leader = first.setdefault(keys[position], position)
        if leader != position:
            twins.setdefault(leader, []).append(position)
            found = True
    return found


def _hits(
    library: Library,
    graphs: _Graphs,
    query: Data,
    nearest: Nearest,
    explainer: PairExplainer,
    explained: int,
) -> list[Hit]:
    entries = [graphs[position] for position in nearest.position]
    found = entries[:explained]
    explanations: list[PairExplanation | None] = [*explainer.explain([query] * len(found), found)]
    explanations += [None] * (len(entries) - len(found))
    probability = _probability(library.model, nearest.similarity)
    rows = zip(*nearest, probability, explanations, entries, strict=True)
    return [
        Hit(rank, position, library.names[position], similarity, alike, explanation, graph=graph)
        for rank, (position, similarity, alike, explanation, graph) in enumerate(rows, start=1)
    ]


@torch.no_grad()
def _probability(model: SiameseGNN, similarity: list[float]) -> list[float]:
    device = model.calibration.shift.device
    probabilities: list[float] = (
        model.calibration(torch.tensor(similarity, device=device)).sigmoid().tolist()
    )
    return probabilities


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


def _equal(one: object, other: object, name: str) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        check_not_meta(one, name)
        check_not_meta(other, name)
        one, other = (_dense(value) for value in (one, other))
        return one.shape == other.shape and bool((one == other.to(one.device)).all())
    return one is None and other is None


def _dense(value: Tensor) -> Tensor:
    """Values of a tensor; the list of an ``EdgeIndex``, whose ``to_dense`` is the adjacency."""
    if isinstance(value, EdgeIndex):
        value = value.as_tensor()
    return value.to_dense()
