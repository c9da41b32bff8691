"""Two connectomes as every picture of them needs them: regions, edges, scales and words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np
from torch_geometric.explain import Explanation

from pyg_siamex._numbers import whole
from pyg_siamex.data.named_atoms import names_atoms
from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.elements import Edge
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.drawn_graph import DrawnGraph, drawn_graphs
from pyg_siamex.visualize.connectome.regions import NO_NETWORK, Regions, regions_of
from pyg_siamex.visualize.paper.ink import InkScale, Spot, faded, network_marks
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.pair_frame import titles_of
from pyg_siamex.visualize.paper.words import headline, summary

_NARROW, _SATURATED = 0.5, 0.9
"""Shares of the strongest edge: colours go by rank if all drawn edges are above the first, or half
of them above the second."""

SMALLEST, LARGEST = 1.8, 9.0
"""Diameters in points of the markers of the least and the most important region."""


@dataclass(frozen=True)
class Connectome:
    """One graph of the pair.

    Attributes:
        which: ``"the query"`` or ``"the reference"``.
        name: What the picture calls it.
        graph: Its importances.
        regions: Its regions.
        edges: The edges to draw, the strongest first.
    """

    which: str
    name: str
    graph: DrawnGraph
    regions: Regions
    edges: list[Edge]

    @property
    def networks(self) -> list[str]:
        """A network per node; one for all where none are known."""
        return self.regions.networks or [NO_NETWORK] * len(self.regions.names)


@dataclass(frozen=True)
class BrainPair:
    """Both graphs of the pair on one scale.

    Attributes:
        sides: Query and reference.
        scale: Colours of the edges.
        largest: Magnitude of the most important region of both graphs.
        words: Similarity, explainer and what is drawn.
        carried: How much of the similarity regions carry, where it is known.
    """

    sides: tuple[Connectome, Connectome]
    scale: InkScale
    largest: float
    words: str
    carried: Carried | None = None

    @classmethod
    def of(
        cls,
        explanation: PairExplanation,
        atlas: Any,
        names: Sequence[str] | None,
        edges: int,
        limit: float | None,
    ) -> "BrainPair":
        """Collect what the pictures need; arguments as for ``draw_connectomes``.

        Raises:
            ValueError: If a graph is a molecule or a row of a table, or nothing can be drawn.
        """
        whole("edges", edges, 0)
        for which, graph in (("query", explanation.query), ("reference", explanation.reference)):
            _refuse_others(graph, which, atlas)
        explanation = explanation.pulls()
        titles, graphs = titles_of(explanation, names), drawn_graphs(explanation)
        sources: tuple[Explanation, Explanation] = explanation.query, explanation.reference
        sides = [
            Connectome(
                which, title, graph, regions_of(source, atlas, which), graph.strongest(edges)
            )
            for which, title, graph, source in zip(
                ("the query", "the reference"), titles, graphs, sources, strict=True
            )
        ]
        values = [edge.value for graph in graphs for edge in graph.edges]
        nodes = [graph.nodes for graph in graphs if graph.nodes is not None]
        drawn = [abs(edge.value) for side in sides for edge in side.edges]
        scale = InkScale.of(values, signed=explanation.signed, limit=limit)
        scale = _told_apart(scale, drawn) if limit is None else scale
        largest = max((float(np.abs(found).max(initial=0.0)) for found in nodes), default=0.0)
        words = summary(explanation, _describe_edges(graphs, edges), "regions")
        return cls((sides[0], sides[1]), scale, largest, words, explanation.carried)

    def headline(self, title: str) -> str:
        """The title, or that regions do not account for the similarity where they do not."""
        return headline(self.carried, title, "regions")

    @property
    def weighed(self) -> bool:
        """Whether any edge has an importance."""
        return any(side.graph.weighed and side.graph.edges for side in self.sides)

    @property
    def summed(self) -> bool:
        """Whether the importance of a region is the sum over its edges."""
        return any(side.graph.summed for side in self.sides)

    @property
    def negative(self) -> bool:
        """Whether a drawn connection is negative itself."""
        return any(side.graph.is_negative(edge) for side in self.sides for edge in side.edges)

    @property
    def grouped(self) -> bool:
        """Whether any network is known."""
        return any(side.regions.networks is not None for side in self.sides)

    @property
    def networks(self) -> list[str]:
        """The networks of both graphs, in order of first mention."""
        return list(dict.fromkeys(name for side in self.sides for name in side.networks))

    def spots(self, side: Connectome, leading: Collection[int]) -> list[Spot]:
        """The marker of each region of a side.

        Where edges are drawn, regions that neither end one nor are among the ``leading`` are faded
        and lie behind.
        """
        marks = network_marks(self.networks)
        nodes = side.graph.nodes
        seen = {end for edge in side.edges for end in edge[:2]} | set(leading)
        spots = []
        for node, network in enumerate(side.networks):
            value = 0.0 if nodes is None else float(nodes[node])
            (fill, marker), outline = marks[network], self.scale.sign(value)
            behind = bool(side.edges) and node not in seen
            if behind:
                fill, outline = faded(fill), faded(outline)
            spots.append(Spot(fill, marker, self.area(value), outline, behind))
        return spots

    def area(self, importance: float) -> float:
        """Area in square points of a region of this importance; its diameter is linear in it."""
        return (SMALLEST + (LARGEST - SMALLEST) * abs(importance) / (self.largest or 1.0)) ** 2


def _refuse_others(graph: Explanation, which: str, atlas: Any) -> None:
    """Refuse molecules and rows, whose atoms and columns would be called regions."""
    if atlas is not None or any(graph.get(key) is not None for key in ("roi_names", "networks")):
        return
    if names_atoms(graph):
        raise ValueError(
            f"the {which} is a molecule, and this draws connectomes: use draw_molecules, or give "
            f"an atlas with the names of its regions"
        )
    if graph.num_nodes == 1 and graph.get("feature_names") is not None:
        raise ValueError(
            f"the {which} is a row of a table, and this draws connectomes: use draw_features"
        )


def _told_apart(scale: InkScale, drawn: Sequence[float]) -> InkScale:
    """Go by rank where many drawn edges would have nearly the same colour, as saturated masks."""
    if scale.signed or len(set(drawn)) < 2:
        return scale
    weakest, half = min(drawn) / scale.limit, median(drawn) / scale.limit
    if weakest > _NARROW or half > _SATURATED:
        return replace(scale, drawn=tuple(sorted(drawn)))
    return scale


def _describe_edges(graphs: Sequence[DrawnGraph], count: int) -> str:
    """Say how many edges of how many are drawn, and from which magnitude up."""
    weighed = [graph for graph in graphs if graph.weighed]
    if not weighed:
        return ""
    drawn = [graph.strongest(count) for graph in weighed]
    parts = [
        f"{len(edges)} of {len(graph.edges):,}" for edges, graph in zip(drawn, weighed, strict=True)
    ]
    magnitudes = [abs(edge.value) for edges in drawn for edge in edges]
    least = f", from magnitude {number(min(magnitudes))}" if magnitudes else ""
    more = sum(graph.edges_as_strong(count) for graph in weighed)
    tie = f", {more} more as strong" if more else ""
    return f"strongest edges: {' and '.join(dict.fromkeys(parts))}{least}{tie}"
