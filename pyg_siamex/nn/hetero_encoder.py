"""Encoders of heterogeneous graphs, as encoders of homogeneous graphs with types."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torch_geometric.data import Batch, Data, HeteroData
from torch_geometric.explain import Explanation, HeteroExplanation
from torch_geometric.nn import Aggregation

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex.data.taken_apart import check_stores
from pyg_siamex.nn.hetero_types import check_encoder, check_nodes, check_numbers
from pyg_siamex.nn.readout import check_pooled, readout_of
from pyg_siamex.nn.renumber import renumbered
from pyg_siamex.nn.signature import parameters_of_forward

EdgeType = tuple[str, str, str]


@checked
class HeteroEncoder(nn.Module):
    r"""A heterogeneous encoder on homogeneous graphs, so that everything else works on them.

    :meth:`to_homogeneous` makes a graph with ``node_type`` and ``edge_type``. Features of types
    with fewer columns are filled up with 0, which the encoder does not see. :meth:`to_hetero`
    turns an explanation back. Masks, pairs of nodes and links work as on any graph.

    Args:
        encoder: A module that is called as ``encoder(x_dict, edge_index_dict)`` and returns
            embeddings by node type, for example from :func:`~torch_geometric.nn.to_hetero` or
            with :class:`~torch_geometric.nn.HeteroConv`. It gets ``edge_attr_dict`` if its
            ``forward`` names it.
        data: A graph that has all node and edge types, and their features.
        node_types: Types that the readout reads. Default: all.
        pool: Readout over the nodes of these types, for ``SiameseGNN(encoder, pool=None)``.
            Default: none, and nodes of other types have embeddings of 0, for pairs of nodes.

    Shape:
        - output: ``[N, D]``, or ``[num_graphs, D]`` with ``pool``

    Raises:
        TypeError: If ``data`` is not heterogeneous, or the encoder reads graphs of one type.
        ValueError: If there are no nodes, a node type has no features, no type is read, or one is
            unknown or named twice.

    Example:
        >>> from torch_geometric.data import HeteroData
        >>> from torch_geometric.nn import GraphSAGE, to_hetero
        >>> data = HeteroData()
        >>> data["user"].x, data["movie"].x = torch.eye(3), torch.eye(2, 4)
        >>> data["user", "rates", "movie"].edge_index = torch.tensor([[0, 1, 2], [0, 0, 1]])
        >>> data["movie", "rated_by", "user"].edge_index = torch.tensor([[0, 0, 1], [0, 1, 2]])
        >>> encoder = HeteroEncoder(to_hetero(GraphSAGE((-1, -1), 16, 2), data.metadata()), data)
        >>> graph = encoder.to_homogeneous(data)
        >>> SiameseGNN(encoder, pool="mean").embed(graph).shape
        torch.Size([1, 16])
    """

    def __init__(
        self,
        encoder: nn.Module,
        data: HeteroData,
        node_types: Sequence[str] | None = None,
        pool: str | Aggregation | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(data, HeteroData):
            raise TypeError(f"data must be a HeteroData, got {type(data).__name__}")
        check_encoder(encoder)
        check_nodes(data, node_types)
        self.encoder = encoder
        self.all_types: list[str] = list(data.node_types)
        self.edge_types: list[tuple[str, str, str]] = list(data.edge_types)
        self.node_types: list[str] = list(self.all_types if node_types is None else node_types)
        self.columns: dict[str, int] = {kind: data[kind].x.size(1) for kind in self.all_types}
        self.reads_edges: bool = "edge_attr_dict" in parameters_of_forward(encoder)
        self.edge_columns: dict[EdgeType, int] = {
            kind: data[kind].edge_attr.size(1)
            for kind in self.edge_types
            if self.reads_edges and data[kind].get("edge_attr") is not None
        }
        self.pool: Aggregation | None = readout_of(pool)

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        node_type: Tensor,
        edge_type: Tensor,
        batch: Tensor,
        num_graphs: int,
        edge_attr: Tensor | None = None,
    ) -> Tensor:
        """Embeddings of nodes, or of graphs with ``pool``.

        Raises:
            TypeError: If the pool returns something else than a tensor of floats.
            ValueError: If the encoder returns no embeddings of a type that is read, a node or an
                edge has no type, or the pool returns no row per graph.
        """
        check_numbers("node_type", node_type, len(x), len(self.all_types))
        check_numbers("edge_type", edge_type, edge_index.size(1), len(self.edge_types))
        place = torch.empty_like(node_type)
        rows = {}
        for number, kind in enumerate(self.all_types):
            rows[kind] = (node_type == number).nonzero().flatten()
            place[rows[kind]] = torch.arange(len(rows[kind]), device=x.device)
        features = {kind: x[at][:, : self.columns[kind]] for kind, at in rows.items()}
        edges = {kind: edge_type == number for number, kind in enumerate(self.edge_types)}
        ends = {kind: renumbered(edge_index[:, at], place) for kind, at in edges.items()}
        further: dict[str, Any] = {}
        if self.edge_columns and edge_attr is not None:
            further["edge_attr_dict"] = {
                kind: edge_attr[edges[kind]][:, :width] for kind, width in self.edge_columns.items()
            }
        found = self._embeddings(self.encoder(features, ends, **further))
        nodes = torch.cat([rows[kind] for kind in self.node_types])
        h = torch.cat([found[kind] for kind in self.node_types])
        if self.pool is not None:
            order = batch[nodes].argsort(stable=True)
            pooled: Tensor = self.pool(h[order], index=batch[nodes][order], dim_size=num_graphs)
            check_pooled(self.pool, pooled, num_graphs)
            return pooled
        if len(nodes) < len(x):
            others = torch.cat([rows[k] for k in self.all_types if k not in self.node_types])
            nodes, h = torch.cat([nodes, others]), pad(h, (0, 0, 0, len(others)))
        return h[nodes.argsort()]

    def _embeddings(self, found: Any) -> dict[str, Tensor]:
        if not isinstance(found, dict):
            raise ValueError(
                f"the heterogeneous encoder returned a {type(found).__name__}, and embeddings by "
                f"node type, a dict, are needed"
            )
        for kind in self.node_types:
            if found.get(kind) is None:
                raise ValueError(
                    f"the encoder returns no embeddings of nodes of type '{kind}': name the types "
                    f"to read, HeteroEncoder(..., node_types={sorted(found)})"
                )
        return found

    @checked
    def to_homogeneous(self, data: HeteroData | Batch) -> Data:
        """A graph with all nodes and edges, type after type, and their types as numbers.

        The graph has ``x``, ``edge_index``, ``node_type``, ``edge_type`` and, if the encoder reads
        it, ``edge_attr``. A ``Batch`` becomes a ``Batch``.

        Raises:
            TypeError: If edges are no tensor of integers.
            ValueError: If the graph has other types or other features than the graph that the
                encoder was made with, an edge leads to a node that is not there, or a batch was
                changed since it was put together.
        """
        if isinstance(data, Batch):
            check_stores(data)
            graphs = [self.to_homogeneous(graph) for graph in data.to_data_list()]
            return Batch.from_data_list(graphs)
        self._check(data)
        counts = [int(data[kind].num_nodes or 0) for kind in self.all_types]
        before = [0, *accumulate(counts)]
        starts = dict(zip(self.all_types, before, strict=False))
        width = max(self.columns.values())
        x = [pad(data[kind].x, (0, width - self.columns[kind])) for kind in self.all_types]
        ends = []
        for kind in self.edge_types:
            own = data[kind].edge_index
            shift = torch.tensor([[starts[kind[0]]], [starts[kind[2]]]], device=own.device)
            ends.append(own + shift)
        out = Data(x=torch.cat(x), edge_index=torch.cat(ends, dim=1))
        out.node_type = (
            torch.arange(len(counts)).repeat_interleave(torch.tensor(counts)).to(out.x.device)
        )
        sizes = torch.tensor([part.size(1) for part in ends])
        out.edge_type = torch.arange(len(ends)).repeat_interleave(sizes).to(out.x.device)
        if self.edge_columns:
            wide = max(self.edge_columns.values())
            parts = [
                pad(data[kind].edge_attr, (0, wide - self.edge_columns[kind]))
                if kind in self.edge_columns
                else x[0].new_zeros(part.size(1), wide)
                for kind, part in zip(self.edge_types, ends, strict=True)
            ]
            out.edge_attr = torch.cat(parts)
        return out

    @checked
    def number(self, data: HeteroData, node_type: str, node: int) -> int:
        """Number of a node in :meth:`to_homogeneous`.

        Args:
            data: The heterogeneous graph.
            node_type: Type of the node.
            node: Its number among the nodes of its type.

        Raises:
            ValueError: If there is no such node.
        """
        if node_type not in self.all_types or not 0 <= node < int(data[node_type].num_nodes or 0):
            raise ValueError(f"there is no node {node} of type '{node_type}'")
        before = self.all_types[: self.all_types.index(node_type)]
        return sum(int(data[kind].num_nodes or 0) for kind in before) + node

    @checked
    def types_of(self, graph: Data) -> list[str]:
        """Type of each node of a graph, for :meth:`~pyg_siamex.PairExplanation.group`.

        Args:
            graph: A graph from :meth:`to_homogeneous`, or its explanation.

        Raises:
            ValueError: If it is another graph.
        """
        self._check_types(graph)
        return [self.all_types[number] for number in graph.node_type.tolist()]

    @checked
    def to_hetero(self, explanation: Explanation) -> HeteroExplanation:
        """The graph and its masks by type.

        Args:
            explanation: ``query`` or ``reference`` of a
                :class:`~pyg_siamex.explain.PairExplanation`, or ``graph`` of a
                :class:`~pyg_siamex.explain.LinkExplanation`.

        Returns:
            Masks and features by type, and ``n_id`` and ``e_id`` (numbers in the homogeneous
            graph) of neighbourhoods.

        Raises:
            ValueError: If it explains another graph.
        """
        self._check_types(explanation)
        if explanation.edge_index is None:
            raise ValueError("the explanation has no edges: give one of a graph of this encoder")
        edges = explanation.edge_index.size(1)
        check_numbers("edge_type", explanation.get("edge_type"), edges, len(self.edge_types))
        out, place = HeteroExplanation(), torch.empty_like(explanation.node_type)
        for number, kind in enumerate(self.all_types):
            at = (explanation.node_type == number).nonzero().flatten()
            place[at] = torch.arange(len(at), device=at.device)
            out[kind].x = explanation.x[at][:, : self.columns[kind]]
            for name in ("node_mask", "n_id"):
                value = explanation.get(name)
                if value is not None:
                    own = value[at]
                    wide = name == "node_mask" and own.size(1) > 1
                    out[kind][name] = own[:, : self.columns[kind]] if wide else own
        for number, edge_kind in enumerate(self.edge_types):
            at = (explanation.edge_type == number).nonzero().flatten()
            out[edge_kind].edge_index = place[explanation.edge_index[:, at]]
            for name in ("edge_mask", "e_id"):
                value = explanation.get(name)
                if value is not None:
                    out[edge_kind][name] = value[at]
        return out

    def _check_types(self, graph: Data) -> None:
        if not isinstance(graph.x, Tensor):
            raise ValueError("the graph has no features x: give a graph of to_homogeneous")
        check_numbers("node_type", graph.get("node_type"), len(graph.x), len(self.all_types))

    def _check(self, data: HeteroData) -> None:
        kinds = [*data.node_types], [*data.edge_types]
        if sorted(kinds[0]) != sorted(self.all_types) or sorted(kinds[1]) != sorted(
            self.edge_types
        ):
            raise ValueError(
                f"the graph has the types {kinds}, and the encoder was made for "
                f"{self.all_types}, {self.edge_types}"
            )
        for kind, width in self.columns.items():
            x = data[kind].get("x")
            _check_tensor(x, f"x of '{kind}'")
            if x is None or x.dim() != 2 or x.size(1) != width:
                shape = None if x is None else list(x.shape)
                raise ValueError(f"nodes of type '{kind}' need {width} features (got {shape})")
        for edge_kind in self.edge_types:
            _check_ends(data, edge_kind)
        for edge_kind, width in self.edge_columns.items():
            attr = data[edge_kind].get("edge_attr")
            _check_tensor(attr, f"edge_attr of {edge_kind}")
            if attr is None or attr.dim() != 2 or attr.size(1) != width:
                shape = None if attr is None else list(attr.shape)
                raise ValueError(f"edges of type {edge_kind} need {width} features (got {shape})")


def _check_tensor(value: Any, what: str) -> None:
    if value is not None and not isinstance(value, Tensor):
        raise TypeError(f"{what} must be a tensor (got {shown(value)})")


def _check_ends(data: HeteroData, kind: tuple[str, str, str]) -> None:
    """Refuse edges whose ends are no nodes of their types: they would be nodes of the next type."""
    edges = data[kind].get("edge_index")
    if not isinstance(edges, Tensor) or edges.dtype != torch.long:
        told = edges.dtype if isinstance(edges, Tensor) else type(edges).__name__
        raise TypeError(f"edge_index of {kind} must be a tensor of torch.long (got {told})")
    if edges.dim() != 2 or edges.size(0) != 2:
        raise ValueError(f"edge_index of {kind} must be [2, E] (got {list(edges.shape)})")
    for ends, of in zip(edges, (kind[0], kind[2]), strict=True):
        count = int(data[of].num_nodes or 0)
        outside = ends[(ends < 0) | (ends >= count)]
        if len(outside):
            raise ValueError(
                f"an edge of {kind} has the node {int(outside[0])} of type '{of}', of which there "
                f"are {count}, from 0"
            )
