"""Neighbourhoods of nodes of a large graph, each a graph of its own that knows its roots."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data, HeteroData
from torch_geometric.utils import k_hop_subgraph

from pyg_siamex._numbers import whole
from pyg_siamex.data.checked_graph import OF_TYPES, check_ends, check_types

ROOT = "root_index"
"""Attribute with the positions of a graph's roots; PyG shifts names with ``index`` in batches."""

LEFT_OUT = "left_out"
"""Attribute with the number of edges into each node that come from outside."""

_IDS = ("n_id", "e_id")


_MOST_HOPS = 1000


class Neighbourhoods:
    """The k-hop neighbourhoods of nodes, by :func:`torch_geometric.utils.k_hop_subgraph`.

    A neighbourhood has all nodes from which a root is reached along at most ``num_hops`` edges, and
    all edges between them. It keeps every attribute with a row per node or per edge, and has
    ``root_index``, ``n_id`` and ``e_id`` (numbers of its nodes and edges in the whole graph; what a
    loader of PyG has set stays), and ``left_out``, the number of edges into each node that come
    from outside of the neighbourhood.

    Args:
        data: The whole graph, or what :class:`~torch_geometric.loader.NeighborLoader` or
            :class:`~torch_geometric.loader.LinkNeighborLoader` samples from it.
        num_hops: Number of hops, at least 0.

    Raises:
        TypeError: If ``data`` is not a graph.
        ValueError: If the graph has no ``edge_index``, an edge leads to a node that is not there,
            or ``num_hops`` is negative.
    """

    def __init__(self, data: Data, num_hops: int) -> None:
        if isinstance(data, HeteroData):
            raise TypeError(f"the graph is a HeteroData: {OF_TYPES}")
        if not isinstance(data, Data):
            raise TypeError(f"expected a torch_geometric Data, got {type(data).__name__}")
        if data.edge_index is None:
            raise ValueError(
                "the graph has no edge_index: set data.edge_index, [2, num_edges], without edges "
                "torch.empty(2, 0, dtype=torch.long); convert a sparse adj_t first, "
                "torch_geometric.utils.to_edge_index(data.adj_t.t())[0]"
            )
        if data.x is not None:
            check_types(data)
        check_ends(data.edge_index, int(data.num_nodes or 0), "the graph")
        whole("num_hops", num_hops, 0, _MOST_HOPS, "each follows all edges once more")
        self.num_nodes: int = int(data.num_nodes or 0)
        self.num_hops = num_hops
        self._empty = _without_values(data)
        values = data.to_dict()
        values.setdefault("n_id", torch.arange(self.num_nodes, device=data.edge_index.device))
        values.setdefault("e_id", torch.arange(data.num_edges, device=data.edge_index.device))
        self._edges: Tensor = values.pop("edge_index")
        self._degree = self._edges[1].bincount(minlength=self.num_nodes)
        known = [k for k in values if k not in (*_IDS, "batch")]
        edges = {"e_id", *(k for k in known if data.is_edge_attr(k))}
        nodes = {"n_id", *(k for k in known if k not in edges and data.is_node_attr(k))}
        self._of_edges = {k: v for k, v in values.items() if k in edges}
        self._of_nodes = {k: v for k, v in values.items() if k in nodes}
        self._dims = {
            k: data.__cat_dim__(k, v) if isinstance(v, Tensor) else 0
            for k, v in (self._of_edges | self._of_nodes).items()
        }

    def around(self, roots: Tensor, without: Tensor | None = None) -> list[Data]:
        """One neighbourhood for each row of roots.

        Args:
            roots: Nodes, ``[R, k]``; the k roots of a row share a neighbourhood.
            without: Two nodes for each row, ``[R, 2]``, whose edges to each other are left out.

        Raises:
            ValueError: If a root is not a node of the graph.
        """
        outside = roots[(roots < 0) | (roots >= self.num_nodes)]
        if len(outside):
            raise ValueError(f"there is no node {int(outside[0])} among {self.num_nodes} nodes")
        device = self._edges.device
        whole = _Part(
            torch.arange(self.num_nodes, device=device),
            torch.arange(self._edges.size(1), device=device),
            self._edges,
        )
        cut = roots[:, :0] if without is None else without
        parts = self._divided(whole, roots.to(device))
        return [self._data(*row) for row in zip(parts, roots, cut, strict=True)]

    def _divided(self, part: "_Part", roots: Tensor) -> list["_Part"]:
        """Cut down to what all roots need, then to what each half of them needs."""
        if not len(roots):
            return []
        local = torch.searchsorted(part.nodes, roots.contiguous())
        part = part.within(local.flatten().unique(), self.num_hops)
        if len(roots) == 1:
            return [part]
        half = len(roots) // 2
        return self._divided(part, roots[:half]) + self._divided(part, roots[half:])

    def _data(self, part: "_Part", roots: Tensor, cut: Tensor) -> Data:
        ends = part.nodes[part.edge_index]
        inside = part.edge_index[1].bincount(minlength=len(part.nodes))
        if len(cut):
            u, v = cut.to(ends.device)
            there = (ends[0] == u) & (ends[1] == v)
            part = part.keep(~(there | ((ends[0] == v) & (ends[1] == u))))
        out = copy.copy(self._empty)
        for rows, values in ((part.nodes, self._of_nodes), (part.edges, self._of_edges)):
            for name, value in values.items():
                out[name] = _rows(value, rows, self._dims[name])
        out.edge_index = part.edge_index
        out[LEFT_OUT] = self._degree[part.nodes] - inside
        out[ROOT] = torch.searchsorted(part.nodes, roots.to(part.nodes.device))
        out.num_nodes = len(part.nodes)
        return out


class _Part:
    """Part of a graph.

    Args:
        nodes: Its nodes, ascending.
        edges: Its edges.
        edge_index: Ends of the edges, among ``nodes``.
    """

    def __init__(self, nodes: Tensor, edges: Tensor, edge_index: Tensor) -> None:
        self.nodes, self.edges, self.edge_index = nodes, edges, edge_index

    def within(self, roots: Tensor, num_hops: int) -> "_Part":
        """The neighbourhood of ``roots``."""
        nodes, edge_index, _, edges = k_hop_subgraph(
            roots, num_hops, self.edge_index, relabel_nodes=True, num_nodes=len(self.nodes)
        )
        return _Part(self.nodes[nodes], self.edges[edges], edge_index)

    def keep(self, chosen: Tensor) -> "_Part":
        """All nodes and the chosen edges, ``[E]`` bool."""
        return _Part(self.nodes, self.edges[chosen], self.edge_index[:, chosen])


def _without_values(data: Data) -> Data:
    """A graph of the same class without attributes; a plain one for a batch."""
    if isinstance(data, Batch):
        return Data()
    out = copy.copy(data)
    for name in list(out.keys()):
        del out[name]
    return out


def _rows(value: Tensor | Sequence[Any], rows: Tensor, dim: int) -> Tensor | list[Any]:
    if isinstance(value, Tensor):
        return value.index_select(dim, rows)
    return [value[k] for k in rows.tolist()]
