"""Check graphs from users before any long computation."""

import copy

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from pyg_siamex.data.read_inputs import edges_of
from pyg_siamex.nn.siamese import SiameseGNN


def graphs_of(data: Data | Batch) -> list[Data]:
    """One graph or the graphs of a batch, as a list.

    Raises:
        TypeError: If ``data`` holds no graphs.
        ValueError: If a batch cannot be separated into graphs.
    """
    if not isinstance(data, Data):
        raise TypeError(f"expected a torch_geometric Data or Batch, got {type(data).__name__}")
    if not isinstance(data, Batch):
        return [data]
    if not hasattr(data, "_slice_dict"):
        raise ValueError(
            "the batch was put together by hand and cannot be taken apart into graphs: build it "
            "with Batch.from_data_list"
        )
    return data.to_data_list()


def with_edges(graph: Data, model: SiameseGNN) -> Data:
    """The graph with an ``edge_index``, taken from its sparse ``adj_t`` if it has one."""
    if graph.edge_index is not None:
        return graph
    if graph.x is None:
        raise ValueError("a graph has no node features: set data.x, [num_nodes, num_features]")
    edge_index, values = edges_of(graph, model.extra_inputs)
    graph = copy.copy(graph)
    if graph.get("adj_t") is not None:
        del graph.adj_t
    graph.edge_index = edge_index
    for name, value in values.items():
        graph[name] = value
    return graph


def check_graph(graph: Data, name: str) -> None:
    """Refuse a graph that cannot be explained.

    Args:
        graph: The graph.
        name: Name of the graph in messages.

    Raises:
        ValueError: If features or edges are missing, malformed or not finite.
    """
    shape = None if graph.x is None else list(graph.x.shape)
    types = shape is not None and len(shape) == 1 and not graph.x.is_floating_point()
    if shape is None or not shape or not shape[0] or not (len(shape) == 2 or types):
        raise ValueError(f"{name} needs node features x, [num_nodes, num_features] (got {shape})")
    if graph.x.layout is not torch.strided:
        raise ValueError(f"{name} has sparse x: use graph.x = graph.x.to_dense()")
    edges = graph.edge_index
    if edges.dim() != 2 or len(edges) != 2 or edges.dtype != torch.long:
        raise ValueError(
            f"{name} has edge_index {list(edges.shape)} of {edges.dtype}: it must be "
            f"[2, num_edges] of torch.long"
        )
    outside = edges[(edges < 0) | (edges >= len(graph.x))]
    if len(outside):
        raise ValueError(
            f"{name} has an edge to node {int(outside[0])}, and {len(graph.x)} nodes: "
            f"check edge_index"
        )
    for key in ("x", "edge_attr", "edge_weight"):
        value = graph.get(key)
        if isinstance(value, Tensor) and not torch.isfinite(value).all():
            raise ValueError(f"{name} has NaN or infinite values in '{key}': clean them first")
