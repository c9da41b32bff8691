"""Take the graphs of a batch apart as a model reads them, also if the batch was edited."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.utils import is_torch_sparse_tensor

from pyg_siamex.data.sparse_blocks import sparse_blocks


def is_recorded(batch: Batch, name: str) -> bool:
    """Whether a batch still has an attribute as it was joined, by its size.

    Args:
        batch: A batch.
        name: An attribute that is a tensor, or a list with an entry for each graph.
    """
    slices = getattr(batch, "_slice_dict", {}).get(name)
    if slices is None:
        return False
    value = batch[name]
    if isinstance(value, list):
        return isinstance(slices, list | dict) or int(slices[-1]) == len(value)
    return _has_size(value, batch.__cat_dim__(name, value, batch._store), slices)


def _has_size(value: Tensor, dim: int | tuple[int, ...] | None, slices: Any) -> bool:
    """Whether a tensor has the size that graphs gave it when they were joined along ``dim``."""
    if isinstance(dim, tuple):  # of a sparse adjacency, which is joined along both
        return torch.as_tensor(slices[-1]).tolist() == [value.size(one) for one in dim]
    return bool(int(slices[-1]) == (len(value) if dim is None else value.size(dim)))


def graph_of_nodes(batch: Batch) -> Tensor:
    """The graph of each node, ``[N]``; of a batch of one graph it need not be there.

    Args:
        batch: A batch.

    Raises:
        ValueError: If it was removed from a batch of several graphs.
    """
    if batch.batch is None and batch.num_graphs > 1:
        raise ValueError(
            f"the batch of {batch.num_graphs} graphs has no batch.batch, the graph of each node: "
            f"build it again with Batch.from_data_list"
        )
    if batch.batch is None:
        return torch.zeros(len(batch.x), dtype=torch.long, device=batch.x.device)
    found: Tensor = batch.batch
    return found


def check_stores(batch: Batch) -> None:
    """Refuse a batch of graphs of several types that was changed since it was put together.

    Args:
        batch: A batch of :class:`~torch_geometric.data.HeteroData`.

    Raises:
        ValueError: If a tensor has another size than when the graphs were joined.
    """
    for store in batch.stores:
        slices = getattr(batch, "_slice_dict", {}).get(store._key) or {}
        for name in slices:
            value = store.get(name)
            if not isinstance(value, Tensor):
                continue
            if not _has_size(value, batch.__cat_dim__(name, value, store), slices[name]):
                raise ValueError(
                    f"'{name}' of {store._key} of the batch was changed since the batch was put "
                    f"together: change the graphs, and build it again with Batch.from_data_list"
                )


def taken_apart(batch: Batch, reads: Sequence[str] = ()) -> list[Data]:
    """The graphs of a batch, with what was added or changed since it was put together.

    PyG takes a batch apart by the sizes that its graphs had then. Edges and features that were
    dropped, added or reordered since would be lost, or be given to another graph. They are divided
    by the graphs of the nodes here.

    Args:
        batch: A batch of :meth:`~torch_geometric.data.Batch.from_data_list`.
        reads: Attributes that the model reads besides ``x`` and the edges.

    Raises:
        ValueError: If the batch was put together by hand or lost the graph of each node, an edge
            leads to another graph, or a changed attribute that is read does not say which rows
            belong to which graph.

    Example:
        >>> batch = Batch.from_data_list(graphs[:2])
        >>> batch.edge_index = batch.edge_index[:, 2:]
        >>> kept = taken_apart(batch)[0].num_edges
        >>> kept == graphs[0].num_edges - 2
        True
    """
    if not hasattr(batch, "_slice_dict"):
        raise ValueError(
            "the batch was put together by hand and cannot be taken apart into graphs: build it "
            "with Batch.from_data_list"
        )
    if batch.batch is None:
        batch = copy.copy(batch)
        batch.batch = graph_of_nodes(batch)
    sparse = [n for n in batch._slice_dict if is_torch_sparse_tensor(batch.get(n))]
    edited = [*sparse, *(name for name in _edited(batch, reads) if name not in sparse)]
    if not edited:
        untouched: list[Data] = batch.to_data_list()
        return untouched
    rest = copy.copy(batch)
    for name in edited:
        del rest[name]
    graphs: list[Data] = rest.to_data_list()
    of_edges = _graph_of_edges(batch)
    first = batch.batch.bincount(minlength=len(graphs)).cumsum(0).roll(1)
    first[0] = 0
    for name in edited:
        value = batch[name]
        if isinstance(value, list) and name not in reads:
            parts: list[Any] = []
        elif not isinstance(value, Tensor):
            parts = [value] * len(graphs)
        elif name in sparse:
            parts = sparse_blocks(value, batch.batch, len(graphs))
        elif name == "edge_index":
            columns = _by_graph(_plain(value).T, of_edges, len(graphs))
            parts = [part.T - start for part, start in zip(columns, first, strict=True)]
        else:
            parts = _divided(batch, name, of_edges, name in reads or name == "x", len(graphs))
        for graph, part in zip(graphs, parts, strict=False):
            graph[name] = part
    return graphs


def _edited(batch: Batch, reads: Sequence[str]) -> list[str]:
    """Names of what PyG would not take apart as it is."""
    known = batch._slice_dict
    tensors = [name for name in known if isinstance(batch.get(name), Tensor)]
    lists = [name for name in known if isinstance(batch.get(name), list)]
    found = [name for name in [*tensors, *lists] if not is_recorded(batch, name)]
    found += [name for name in reads if name not in known and batch.get(name) is not None]
    if batch.edge_index is None or "edge_index" not in known:
        return found
    counts = torch.as_tensor(known["edge_index"]).diff()
    place = torch.arange(len(counts)).repeat_interleave(counts).to(batch.edge_index.device)
    if "edge_index" not in found and torch.equal(_graph_of_edges(batch), place):
        return found
    nodes = known.get("x")
    of_edges = [name for name in tensors if _same(known[name], known["edge_index"])]
    moved = [name for name in of_edges if "edge" in name or not _same(known[name], nodes)]
    return list(dict.fromkeys([*found, *moved]))


def _same(slices: Any, other: Any) -> bool:
    if slices is None or other is None or isinstance(slices, dict) or isinstance(other, dict):
        return False
    return torch.equal(torch.as_tensor(slices), torch.as_tensor(other))


def _plain(edge_index: Tensor) -> Tensor:
    return edge_index.as_tensor() if isinstance(edge_index, EdgeIndex) else edge_index


def _graph_of_edges(batch: Batch) -> Tensor:
    """The graph of each edge."""
    if batch.edge_index is None:
        none: Tensor = batch.batch[:0]
        return none
    edges = _plain(batch.edge_index)
    if edges.numel() and (int(edges.min()) < 0 or int(edges.max()) >= len(batch.batch)):
        raise ValueError(
            f"the batch has edges to nodes that are not there: it has {len(batch.batch)} nodes"
        )
    source: Tensor = batch.batch[edges[0]]
    target: Tensor = batch.batch[edges[1]]
    crossing = (source != target).nonzero()
    if len(crossing):
        raise ValueError(
            f"graph {int(source[crossing[0]])} has an edge to another graph of the batch: check "
            f"edge_index"
        )
    return source


def _by_graph(rows: Tensor, graph: Tensor, count: int) -> list[Tensor]:
    """Rows by their graph, in the order that they have."""
    sizes = graph.bincount(minlength=count).tolist()
    return list(rows[graph.argsort(stable=True)].split(sizes))


def _divided(batch: Batch, name: str, of_edges: Tensor, needed: bool, count: int) -> list[Tensor]:
    """An attribute by graph; nothing for one that is not needed and cannot be divided."""
    value, rows = batch[name], len(batch[name]) if batch[name].dim() else 0
    points = batch._inc_dict.get(name) if hasattr(batch, "_inc_dict") else None
    if not (isinstance(points, Tensor) and bool((points != 0).any())):
        if rows == len(batch.batch) and "edge" not in name:
            return _by_graph(value, batch.batch, count)
        if rows == len(of_edges) and name != "x":
            return _by_graph(value, of_edges, count)
        if rows == count:
            return list(value.split(1))
    if not needed:
        return []
    raise ValueError(
        f"data.{name} of the batch, {list(value.shape)}, was changed since the batch was put "
        f"together, and does not say which rows belong to which graph: change the graphs, and "
        f"build the batch again with Batch.from_data_list"
    )
