"""Match each message of a layer to an edge of the graph."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from pyg_siamex.explain.engine.follow import NOWHERE, UNMASKED, Follow

AS_GIVEN = "as given"
LOOPS_ADDED = "loops added"
REARRANGED = "rearranged"


class UntraceableError(ValueError):
    """A layer receives edges that cannot be matched to the graph's edges."""


@dataclass(frozen=True)
class Place:
    """Where a layer's messages come from.

    Attributes:
        kind: ``"as given"``, ``"loops added"`` (the graph's proper edges, then self loops) or
            ``"rearranged"``.
        loops: Number of self loops at the end, for ``"loops added"``.
        edges: Edge of each message, or E for messages without an edge, ``[M]``, for
            ``"rearranged"``.
    """

    kind: str
    loops: int = 0
    edges: Tensor | None = None


@dataclass
class EdgeTrace:
    """The edges of a union, to recognise them when layers receive them.

    Attributes:
        edge_index: ``[2, E]``.
        seen: Edges that each layer has received so far, by the layer's number.
    """

    edge_index: Tensor
    seen: dict[int, list[Tensor]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        row, col = self.edge_index
        self.version: int = self.edge_index._version
        self.proper: Tensor | None = None
        """Positions of the edges besides self loops; ``None`` if all are."""
        self.edges: Tensor = self.edge_index
        """The proper edges."""
        if bool((row == col).any()):
            self.proper = (row != col).nonzero().flatten()
            self.edges = self.edge_index[:, self.proper]

    def place(self, edge_index: Tensor, follow: Follow | None = None, layer: int = 0) -> Place:
        """Where the edges that a layer receives come from.

        Args:
            edge_index: Edges that the layer receives, ``[2, M]``.
            follow: Trace of the operations of the encoder on the edges, or ``None``.
            layer: Number of the layer, as a key for rearranged edges.

        Raises:
            UntraceableError: If an edge cannot be matched, or if edges are rearranged and
                ``follow`` is ``None``.
        """
        if self.edge_index._version != self.version:
            raise UntraceableError("receives edges that the encoder has changed in place")
        edges = None if follow is None else follow.edges_of(edge_index)
        if follow is None or edges is None:
            return self._by_value(edge_index)
        total = self.edge_index.size(1)
        if torch.equal(edges, torch.arange(total, device=edges.device)):
            return Place(AS_GIVEN)
        edges = self._checked(edge_index, edges, follow)
        self.seen.setdefault(layer, []).append(edges)
        proper = torch.arange(total, device=edges.device) if self.proper is None else self.proper
        if torch.equal(edges[: len(proper)], proper) and bool(
            (edges[len(proper) :] == total).all()
        ):
            return Place(LOOPS_ADDED, len(edges) - len(proper))
        return Place(REARRANGED, edges=edges)

    def _by_value(self, edge_index: Tensor) -> Place:
        """Place of unfollowed edges, which equal the graph's edges up to moved or added loops."""
        count, proper = edge_index.size(1), self.edges.size(1)
        if edge_index is self.edge_index or torch.equal(edge_index, self.edge_index):
            return Place(AS_GIVEN)
        if count >= proper and torch.equal(edge_index[:, :proper], self.edges):
            rest = edge_index[:, proper:]
            if bool((rest[0] == rest[1]).all()):
                return Place(LOOPS_ADDED, count - proper)
        raise UntraceableError("receives edges that cannot be traced to the graph's")

    def check_merged(self) -> None:
        """Refuse layers that received one of several parallel edges and lost the others.

        Raises:
            UntraceableError: If a layer merged parallel edges of the graph.
        """
        if not self.seen:
            return
        key = self._key(self.edge_index)
        order, inverse, counts = key.unique(return_inverse=True, return_counts=True)
        if not bool((counts > 1).any()):
            return
        for parts in self.seen.values():
            there = torch.zeros(len(key) + 1, dtype=torch.bool, device=key.device)
            there[torch.cat(parts)] = True
            there = there[:-1]
            some = torch.zeros(len(order), dtype=torch.bool, device=key.device)
            some[inverse[there]] = True
            if bool((some[inverse] & ~there & (self.edge_index[0] != self.edge_index[1])).any()):
                raise UntraceableError(
                    "merges parallel edges of the graph, so that no mask can tell them apart "
                    "(coalesce the graph's edges first)"
                )

    def _checked(self, edge_index: Tensor, edges: Tensor, follow: Follow) -> Tensor:
        """Positions with self loops open, after a check of all ends against the graph."""
        total = self.edge_index.size(1)
        loops = self._loops(edge_index, edges)
        if bool(((edges == NOWHERE) & ~loops).any()):
            raise UntraceableError("receives edges that the graph does not have")
        own = follow.ends[:, edges.clamp_min(0)] if total else edge_index
        exact = (own == edge_index).all(0)
        turned = (own == edge_index.flip(0)).all(0)
        open_ = loops | (edges == UNMASKED)
        if not bool((exact | turned | open_).all()):
            raise UntraceableError("receives edges between renumbered nodes (a pooled graph?)")
        edges = edges.masked_fill(open_, total)
        return self._own_direction(edge_index, edges, turned & ~exact & ~open_, follow)

    def _loops(self, edge_index: Tensor, edges: Tensor) -> Tensor:
        """Which edges are self loops: of the graph, or added to it.

        Between two sets of nodes, different nodes may have the same number.
        """
        added = (edges < 0) & (edge_index[0] == edge_index[1])
        row, col = self.edge_index[:, edges.clamp_min(0)] if len(self.edge_index[0]) else edge_index
        either: Tensor = added | ((edges >= 0) & (row == col))
        return either

    def _own_direction(
        self, edge_index: Tensor, edges: Tensor, turned: Tensor, follow: Follow
    ) -> Tensor:
        """Assign a reversed edge to the edge of the same direction, if the layer lost that edge.

        An encoder that makes its graph undirected merges an edge with the reversed copy of its
        reverse. Either of the two may be left.
        """
        if not bool(turned.any()):
            return edges
        lost = torch.ones(self.edge_index.size(1) + 1, dtype=torch.bool, device=edges.device)
        lost[edges] = False
        part = torch.zeros_like(lost[:-1], dtype=torch.long) if follow.part is None else follow.part
        keys, order = self._key(follow.ends, part).sort(stable=True)
        wanted = self._key(edge_index[:, turned], part[edges[turned]])
        at = torch.searchsorted(keys, wanted).clamp_max(len(keys) - 1)
        match = order[at]
        found = (keys[at] == wanted) & lost[match]
        out = edges.clone()
        out[turned] = torch.where(found, match, edges[turned])
        return out

    def _key(self, edge_index: Tensor, part: Tensor | int = 0) -> Tensor:
        nodes = int(max(self.edge_index.max(), edge_index.max())) + 1 if edge_index.numel() else 1
        return (part * nodes + edge_index[0]) * nodes + edge_index[1]
