"""What an encoder reads from one graph or a batch: tensors of a disjoint union of graphs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data


@dataclass(frozen=True)
class GraphInputs:
    """A disjoint union of ``num_graphs`` graphs as plain tensors.

    Attributes:
        x: Node features, ``[N, F]``.
        edge_index: ``[2, E]``, into the nodes of the union.
        batch: Graph of each node, ``[N]``, sorted.
        num_graphs: Number of graphs, those without edges included.
        edge_extras: Further inputs with a row per edge (``edge_weight``, ``edge_attr``, ...).
        node_extras: Further inputs with a row per node (``pos``, ...).
    """

    x: Tensor
    edge_index: Tensor
    batch: Tensor
    num_graphs: int
    edge_extras: Mapping[str, Tensor] = field(default_factory=dict)
    node_extras: Mapping[str, Tensor] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Data | Batch, extras: tuple[str, ...] = ()) -> "GraphInputs":
        """Read ``x``, ``edge_index``, ``batch`` and the named ``extras`` that ``data`` has.

        A graph without ``edge_index`` has no edges (a table row).

        Raises:
            TypeError: If ``data`` is no :class:`~torch_geometric.data.Data` or ``Batch``.
            ValueError: If it has no node features, or a graph has no nodes.
        """
        if not isinstance(data, Data):
            raise TypeError(f"expected a torch_geometric Data or Batch, got {type(data).__name__}")
        if data.x is None:
            raise ValueError(
                "the graph has no node features: set data.x, [num_nodes, num_features]"
            )
        x = data.x
        num_graphs = data.num_graphs if isinstance(data, Batch) else 1
        batch = data.batch if data.batch is not None else x.new_zeros(len(x), dtype=torch.long)
        empty = sorted(set(range(num_graphs)) - set(batch.unique().tolist()))
        if empty:
            raise ValueError(f"graph {empty[0]} of {num_graphs} has no nodes: leave it out")
        edge_index = data.edge_index
        if edge_index is None:
            edge_index = batch.new_empty(2, 0)
        present = {k: data[k] for k in extras if k in data and isinstance(data[k], Tensor)}
        edges = {k: v for k, v in present.items() if data.is_edge_attr(k) or k.startswith("edge_")}
        nodes = {k: v for k, v in present.items() if k not in edges}
        return cls(x, edge_index, batch, num_graphs, edges, nodes)

    def concat(self, other: "GraphInputs") -> "GraphInputs":
        """Append the graphs of ``other``.

        Raises:
            ValueError: If one side has an extra input, or a number of features, that the other
                has not.
        """
        for mine, theirs in (
            (self.edge_extras, other.edge_extras),
            (self.node_extras, other.node_extras),
        ):
            if mine.keys() != theirs.keys():
                name = sorted(mine.keys() ^ theirs.keys())[0]
                raise ValueError(f"only one of the two graphs has '{name}': give it to both")
        if self.x.shape[1:] != other.x.shape[1:]:
            raise ValueError(
                f"query and reference differ in their node features: {list(self.x.shape[1:])} "
                f"against {list(other.x.shape[1:])} columns"
            )
        return GraphInputs(
            torch.cat([self.x, other.x]),
            torch.cat([self.edge_index, other.edge_index + len(self.x)], dim=1),
            torch.cat([self.batch, other.batch + self.num_graphs]),
            self.num_graphs + other.num_graphs,
            {k: torch.cat([v, other.edge_extras[k]]) for k, v in self.edge_extras.items()},
            {k: torch.cat([v, other.node_extras[k]]) for k, v in self.node_extras.items()},
        )

    def select_edges(self, edges: Tensor) -> "GraphInputs":
        """Keep, or reorder, the edges that ``edges`` names, bool ``[E]`` or long ``[E']``."""
        extras = {k: v[edges] for k, v in self.edge_extras.items()}
        return replace(self, edge_index=self.edge_index[:, edges], edge_extras=extras)

    def select_graphs(self, graphs: Tensor) -> "GraphInputs":
        """Keep the graphs at the increasing positions ``graphs``, long ``[G']``."""
        place = torch.full((self.num_graphs,), -1, device=self.x.device)
        place[graphs] = torch.arange(len(graphs), device=self.x.device)
        nodes = place[self.batch] >= 0
        part = self.select_edges(place[self.edge_graph] >= 0)
        return replace(
            part,
            x=self.x[nodes],
            edge_index=(nodes.cumsum(0) - 1)[part.edge_index],
            batch=place[self.batch[nodes]],
            num_graphs=len(graphs),
            node_extras={name: value[nodes] for name, value in self.node_extras.items()},
        )

    def repeat(self, times: int) -> "GraphInputs":
        """Stack ``times`` copies of the union, copy after copy."""
        nodes, device = len(self.x), self.x.device
        copy = torch.arange(times, device=device)
        shift = copy.repeat_interleave(self.edge_index.size(1)) * nodes
        return GraphInputs(
            self.x.repeat(times, *[1] * (self.x.dim() - 1)),
            self.edge_index.repeat(1, times) + shift,
            self.batch.repeat(times) + copy.repeat_interleave(nodes) * self.num_graphs,
            self.num_graphs * times,
            {k: v.repeat(times, *[1] * (v.dim() - 1)) for k, v in self.edge_extras.items()},
            {k: v.repeat(times, *[1] * (v.dim() - 1)) for k, v in self.node_extras.items()},
        )

    @property
    def edge_graph(self) -> Tensor:
        """Graph of each edge, ``[E]``."""
        return self.batch[self.edge_index[0]]
