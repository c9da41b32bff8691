"""The tensors of a disjoint union of graphs, and what is counted from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor

from pyg_siamex.data.joined import Joined

Kind = Literal["node", "edge", "graph"]

_Union = TypeVar("_Union", bound="UnionTensors")


@dataclass(frozen=True)
class UnionTensors:
    """A disjoint union of ``num_graphs`` graphs as plain tensors.

    Attributes:
        x: Node features, ``[N, F]``, or integer types ``[N]``.
        edge_index: ``[2, E]``, into the nodes of the union.
        batch: Graph of each node, ``[N]``, sorted.
        num_graphs: Number of graphs, including graphs without edges.
        extras: Further tensors that the encoder reads, by name, joined by PyG's rules.
        constants: Further plain values that the encoder reads, the same for all graphs.
    """

    x: Tensor
    edge_index: Tensor
    batch: Tensor
    num_graphs: int
    extras: Mapping[str, Joined] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def edge_extras(self) -> dict[str, Tensor]:
        """Extra inputs with a row per edge (``edge_weight``, ``edge_attr``, ...)."""
        return {n: j.value for n, j in self.extras.items() if self.kind(n) == "edge"}

    @cached_property
    def node_extras(self) -> dict[str, Tensor]:
        """Extra inputs with a row per node (``pos``, ...)."""
        return {n: j.value for n, j in self.extras.items() if self.kind(n) == "node"}

    @cached_property
    def node_counts(self) -> Tensor:
        """Nodes of each graph, ``[num_graphs]``, on the CPU."""
        return self.batch.bincount(minlength=self.num_graphs).cpu()

    @cached_property
    def edge_counts(self) -> Tensor:
        """Edges of each graph, ``[num_graphs]``, on the CPU."""
        return self.edge_graph.bincount(minlength=self.num_graphs).cpu()

    @cached_property
    def has_parallel_edges(self) -> bool:
        """Whether two edges lead from one node to the same other node."""
        row, col = self.edge_index
        return len((row * len(self.x) + col).unique()) < len(row)

    @cached_property
    def loops(self) -> Tensor:
        """Which edges lead back to their own node, ``[E]`` bool."""
        row, col = self.edge_index
        same: Tensor = row == col
        return same

    @property
    def has_edges(self) -> bool:
        """Whether there are edges besides self loops."""
        return not bool(self.loops.all())

    @property
    def edge_graph(self) -> Tensor:
        """Graph of each edge, ``[E]``."""
        return self.batch[self.edge_index[0]]

    def fits_edges(self, name: str) -> bool:
        """Whether an extra input has as many rows as there are edges in each graph."""
        joined = self.extras[name]
        return joined.plain and torch.equal(joined.sizes, self.edge_counts)

    def kind(self, name: str) -> Kind:
        """What an extra input has rows for; if counts are ambiguous, the name decides."""
        joined = self.extras[name]
        if joined.increments is not None:
            return "graph"
        edges = torch.equal(joined.sizes, self.edge_counts)
        nodes = torch.equal(joined.sizes, self.node_counts)
        if edges and ("edge" in name or not (nodes or "node" in name)):
            return "edge"
        return "node" if nodes else "graph"


FIELDS = tuple(one.name for one in fields(UnionTensors))
"""What a union has by itself; all else is an extra input."""


def computed(cls: type[_Union], **parts: Any) -> _Union:
    """A union that the library itself computed, which nothing checks again.

    Args:
        cls: The class of the union.
        **parts: Its parts, by name.
    """
    found = object.__new__(cls)
    UnionTensors.__init__(found, **parts)
    return found


def changed(union: _Union, **changes: Any) -> _Union:
    """A union with other parts that the library itself computed, which nothing checks again.

    Args:
        union: A union of graphs.
        **changes: Its new parts, by name.
    """
    # Not `dataclasses.replace`, which calls the constructor and its checks.
    return computed(type(union), **{n: changes.get(n, getattr(union, n)) for n in FIELDS})
