"""One graph of a pair as inline SVG: coloured, and every node within reach of pointer and keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import drawable
from pyg_siamex.visualize.report.domain.sketch import Sketch
from pyg_siamex.visualize.report.pair.drawing_marks import (
    coordinates,
    disc,
    letter,
    names_beside,
    row,
)
from pyg_siamex.visualize.report.pair.ranked_elements import RankedElements

MOST_EDGES = 200
"""Most edges of a graph that are drawn, by importance; molecules have all their bonds."""

MOST_NODES = 2000
"""Most nodes of a graph that are drawn, by importance, beside the ends of drawn edges."""

_LETTERED = 60
"""Most nodes of a graph that are all named; larger graphs name the most important ones."""

_NAMED = 6
"""Nodes that are named in larger graphs."""

_WIDEST, _NARROWEST = 3.5, 0.6
"""Widths of the most and the least important edge in pixels."""

_SMALLEST_SCALE = 0.45
"""Share of its width that a wide picture keeps; in narrow windows it scrolls."""

_UNCROWDED = 50
"""Most edges that are drawn at full width; more edges are all thinner."""


@dataclass(frozen=True)
class Drawing:
    """The parts of one side's picture.

    Attributes:
        which: ``"query"`` or ``"reference"``.
        name: Name of the graph.
        node: What a node is called.
        labels: Name of each node.
        values: Importance of each node, or ``None``.
        limits: Importance of nodes and of edges at which colours are strongest.
        sketch: Where the nodes lie.
        elements: What the slider keeps.
        edges: The nodes of each edge.
        inked: Whether nodes are coloured by their importance; not where only edges have one.
        signed: Whether importances have a direction, which masks do not have.
    """

    which: str
    name: str
    node: str
    labels: Sequence[str]
    values: Sequence[float] | None
    limits: tuple[float, float]
    sketch: Sketch
    elements: RankedElements
    edges: Sequence[tuple[int, ...]]
    inked: bool
    signed: bool

    @property
    def drawn_edges(self) -> list[tuple[int, tuple[int, ...], float | None]]:
        """Rank, nodes and importance of each drawn edge, the most important last."""
        if self.elements.of_edges:
            order = self.elements.order
            if self.sketch.bar is None:
                order = order[:MOST_EDGES]
            return [
                (rank, self.elements.ends[k], self.elements.values[k])
                for rank, k in reversed(list(enumerate(order)))
            ]
        if self.sketch.bar is not None:
            return []
        ranks = self.elements.node_ranks(len(self.labels))
        held = sorted((max(ranks[node] for node in ends), ends) for ends in self.edges)
        return [(rank, ends, None) for rank, ends in reversed(held[:MOST_EDGES])]

    def svg(self, key: str) -> Markup:
        """The picture.

        Args:
            key: Beginning of the ids, different for each pair of a page.
        """
        sketch = self.sketch
        count = len(self.labels) if sketch.drawn is None else len(sketch.drawn)
        label = f"{self.which} {self.name}, {count} {self.node}s. Arrow keys move between them."
        parts = [
            Markup(
                '<svg class="side" id="{}-{}" data-side="{}" viewBox="0 0 {:.0f} {:.0f}" '
                'style="min-width:{:.0f}px" role="listbox" aria-label="{}" '
                'xmlns="http://www.w3.org/2000/svg">'
            ).format(
                key,
                self.which,
                int(self.which == "reference"),
                sketch.width,
                sketch.height,
                sketch.width * _SMALLEST_SCALE if sketch.width > 900 else 0,
                drawable(label),
            ),
            Markup('<g class="edges" aria-hidden="true">'),
            sketch.before,
            *(self._edge(*edge) for edge in self.drawn_edges),
            Markup("</g>"),
            *self._nodes(key),
            Markup('<g class="letters" aria-hidden="true">'),
            sketch.after,
            *self._letters(),
            Markup("</g></svg>"),
        ]
        return Markup("\n").join(parts)

    def _edge(self, rank: int, ends: tuple[int, ...], value: float | None) -> Markup:
        u, v = ends[0], ends[-1]
        path = " ".join(
            f"M{coordinates(view[u])}L{coordinates(view[v])}"
            for view in self.sketch.views
            if view[u] != view[v]
        )
        strength = 0.0 if value is None else abs(value) / self.limits[1]
        crowd = min(1.0, (_UNCROWDED / max(min(len(self.edges), MOST_EDGES), 1)) ** 0.5)
        width = self.sketch.bar or _NARROWEST + (_WIDEST * crowd - _NARROWEST) * strength
        kind = "bar" if self.sketch.bar else "line"
        at = f' data-edge="{rank}"' if self.elements.of_edges else ""
        return Markup(
            '<path class="edge {} {}" d="{}" stroke-width="{:.2f}" style="--a:{:.3f}" '
            'data-rank="{}" data-ends="{} {}"{}/>'
        ).format(kind, self._sign(value), path, width, strength, rank, u, v, Markup(at))

    def _nodes(self, key: str) -> list[Markup]:
        ranks = self.elements.node_ranks(len(self.labels))
        nodes = self.sketch.drawn if self.sketch.drawn is not None else self._drawn_nodes(ranks)
        return [
            self._node(key, node, ranks[node], first=place == 0) for place, node in enumerate(nodes)
        ]

    def _drawn_nodes(self, ranks: Sequence[int]) -> list[int]:
        """All nodes, or the most important of many and the ends of the drawn edges."""
        if len(ranks) <= MOST_NODES:
            return list(range(len(ranks)))
        leading = sorted(range(len(ranks)), key=lambda node: (ranks[node], node))[:MOST_NODES]
        ends = (node for _, ends, _ in self.drawn_edges for node in ends)
        return sorted({*leading, *ends})

    def _node(self, key: str, node: int, rank: int, first: bool) -> Markup:
        value = None if self.values is None else self.values[node]
        strength = 0.0 if value is None else abs(value) / self.limits[0]
        label = self.labels[node]
        if value is not None:
            label = f"{label}, importance {number(value)}"
        kind = self._sign(value) if self.inked else "plain"
        return Markup(
            '<g class="node {}" id="{}-{}-{}" data-node="{}" data-rank="{}" role="option" '
            'aria-selected="false" tabindex="{}" aria-label="{}" style="--a:{:.3f}">{}</g>'
        ).format(
            kind,
            key,
            self.which,
            node,
            node,
            rank,
            0 if first else -1,
            drawable(label),
            strength if self.inked else 0.0,
            self._marks(node, strength),
        )

    def _marks(self, node: int, strength: float) -> Markup:
        smallest, largest = self.sketch.radius
        radius = smallest + (largest - smallest) * strength
        if self.sketch.drawn is not None:
            return row(self.sketch, self.sketch.views[0][node], radius)
        if self.sketch.bar is not None:
            radius = largest
        elif not self.inked:
            radius = min(1.6 * smallest, largest)
        return Markup().join(disc(view[node], radius) for view in self.sketch.views)

    def _letters(self) -> list[Markup]:
        """Write names into the nodes of small graphs, or beside the leading nodes of large ones."""
        if self.sketch.drawn is not None:
            return self._numbers()
        if self.sketch.bar is not None:
            return []
        places, largest = self.sketch.views[0], self.sketch.radius[1]
        short = all(len(label) <= 3 for label in self.labels)
        if short and len(self.labels) <= _LETTERED and largest > 9:
            return [
                letter(x, y + 3.5, label, "middle", "letter small")
                for label, (x, y) in zip(self.labels, places, strict=True)
            ]
        ranks = self.elements.node_ranks(len(self.labels))
        leading = sorted(range(len(ranks)), key=lambda k: (ranks[k], k))[:_NAMED]
        middle = sum(x for x, _ in places) / max(len(places), 1)
        return names_beside([(self.labels[k], places[k]) for k in leading], middle, largest)

    def _numbers(self) -> list[Markup]:
        """Write the importance of each column behind its bar."""
        if self.values is None:
            return []
        found = []
        for node in self.sketch.drawn or []:
            x, y = self.sketch.views[0][node]
            length = self.sketch.radius[1] * abs(self.values[node]) / self.limits[0]
            found.append(letter(x + length + 5, y + 4, number(self.values[node]), "start"))
        return found

    def _sign(self, value: float | None) -> str:
        if value is None:
            return "unknown"
        if value < 0:
            return "minus"
        return "plus" if self.signed else "mask"
