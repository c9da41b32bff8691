"""Read node features, edges and further inputs from ``Data`` by PyG's own rules."""

import copy
from numbers import Real
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.typing import SparseTensor
from torch_geometric.utils import is_sparse, is_torch_sparse_tensor, to_edge_index

from pyg_siamex.data.checked_graph import check_dense
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.taken_apart import is_recorded


def node_features_of(data: Data | Batch) -> Tensor:
    """``data.x``, ``[N, F]`` or ``[N]``.

    Raises:
        ValueError: If the graph has no node features.
    """
    if data.x is None:
        raise ValueError("the graph has no node features: set data.x, [num_nodes, num_features]")
    x: Tensor = data.x
    return x


def edges_of(data: Data | Batch, extras: tuple[str, ...]) -> tuple[Tensor, dict[str, Tensor]]:
    """Edges ``[2, E]`` and their values in a sparse ``adj_t``, by name.

    Args:
        data: A graph or a batch.
        extras: Inputs that the encoder reads besides node features and edges.

    Raises:
        ValueError: If ``adj_t`` has values and the encoder has no edge input for them.
    """
    edge_index = data.edge_index
    if isinstance(edge_index, EdgeIndex):
        edge_index = edge_index.as_tensor()
    if edge_index is not None:
        return edge_index, {}
    adj_t = data.get("adj_t")
    if adj_t is None:
        return torch.empty(2, 0, dtype=torch.long, device=node_features_of(data).device), {}
    if is_torch_sparse_tensor(adj_t):
        (target, source), value = to_edge_index(adj_t)
    elif isinstance(adj_t, SparseTensor):
        target, source, value = adj_t.coo()
    else:
        raise ValueError(f"data.adj_t is a {type(adj_t).__name__}: give a sparse tensor")
    edge_index = torch.stack([source, target])
    if value is None or bool((value == 1).all()):
        return edge_index, {}
    name = "edge_weight" if value.dim() == 1 else "edge_attr"
    if name not in extras:
        raise ValueError(
            f"data.adj_t has values, and the encoder's forward names no '{name}' to take them: "
            f"name it, or make adj_t without values (ToSparseTensor(attr=None))"
        )
    return edge_index, {name: value}


def extra_inputs_of(
    data: Data | Batch, names: tuple[str, ...], num_graphs: int
) -> tuple[dict[str, Joined], dict[str, Any]]:
    """The named attributes that ``data`` has: tensors as PyG joins them, and plain values.

    Raises:
        TypeError: If values of edges are neither a tensor nor a number.
        ValueError: If a tensor is sparse, or a batch does not record how it was joined.
    """
    tensors: dict[str, Joined] = {}
    constants: dict[str, Any] = {}
    for name in names:
        value = data.get(name)
        if value is None:
            continue
        if not isinstance(value, Tensor):
            if is_sparse(value):
                raise ValueError(f"data.{name} is sparse: give the encoder a dense tensor")
            if name in _OF_EDGES and not isinstance(value, Real):
                raise TypeError(
                    f"data.{name} is a {type(value).__name__}: it must be a tensor with a row for "
                    f"each edge"
                )
            constants[name] = value
            continue
        check_dense(value, f"data.{name}")
        if isinstance(data, Batch):
            tensors[name] = _joined(data, name, value, num_graphs)
        else:
            tensors[name] = _single(data, name, value)
    return tensors, constants


_OF_EDGES = ("edge_weight", "edge_attr", "edge_type")


def _single(data: Data, name: str, value: Tensor) -> Joined:
    dim = data.__cat_dim__(name, value, data._store)
    if dim is None or value.dim() == 0:
        return Joined(value.unsqueeze(0), torch.tensor([1]))
    increment = _increment(data, name, value)
    return Joined(value, torch.tensor([value.size(dim)]), increment, _positive(dim, value))


def _joined(data: Batch, name: str, value: Tensor, num_graphs: int) -> Joined:
    if not is_recorded(data, name):  # added, or changed, since the batch was put together
        return _by_count(data, name, value, num_graphs)
    slices = data._slice_dict[name]
    dim = data.__cat_dim__(name, value, data._store)
    sizes = torch.as_tensor(slices).diff()
    if dim is None:
        return Joined(value, sizes)
    increments = data._inc_dict.get(name)
    if increments is not None:
        last = _as_joined(data, name).get_example(num_graphs - 1)
        final = last.__inc__(name, last[name], last._store)
        steps = torch.cat(
            [increments.diff(dim=0), torch.as_tensor(final).expand_as(increments[:1])]
        )
        increments = steps if bool((steps != 0).any()) else None
    return Joined(value, sizes, increments, _positive(dim, value))


def _as_joined(batch: Batch, name: str) -> Batch:
    """The batch without further attributes that were changed since it was put together."""
    kept = copy.copy(batch)
    for other in batch._slice_dict:
        changed = isinstance(batch.get(other), Tensor | list) and not is_recorded(batch, other)
        if changed and other not in (name, "x", "edge_index"):
            del kept[other]
    return kept


def _by_count(data: Batch, name: str, value: Tensor, num_graphs: int) -> Joined:
    """An attribute of a batch that does not record how it was joined."""
    if value.dim():
        if len(value) == data.num_nodes and "edge" not in name:
            return Joined(value, data.batch.bincount(minlength=num_graphs).cpu())
        if len(value) == data.num_edges and data.num_edges:
            graph = data.batch[data.edge_index[0]]
            return Joined(value, graph.bincount(minlength=num_graphs).cpu())
        if len(value) == num_graphs:
            return Joined(value, torch.ones(num_graphs, dtype=torch.long))
    raise ValueError(
        f"data.{name} of the batch, {list(value.shape)}, does not say which rows belong to which "
        f"graph: build the batch with Batch.from_data_list"
    )


def _increment(data: Data, name: str, value: Tensor) -> Tensor | None:
    step = torch.as_tensor(data.__inc__(name, value, data._store))
    return step.unsqueeze(0) if bool((step != 0).any()) else None


def _positive(dim: int, value: Tensor) -> int:
    return dim % value.dim()
