"""What every graph must be before anything is computed from it, asked once, where it comes in.

Types and shapes are read off each graph (:func:`check_types`). Values are compared once for all
graphs of a union (:func:`check_values`): an edge that leaves its graph leads into the next one.
"""

from collections.abc import Callable, Iterable
from math import sqrt
from numbers import Integral, Real
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data, HeteroData

from pyg_siamex.data.union_tensors import UnionTensors

OF_TYPES = (
    "wrap the encoder, hetero = pyg_siamex.nn.HeteroEncoder(encoder, data), and give "
    "hetero.to_homogeneous(data)"
)
"""Way out for graphs of several types."""

Naming = Callable[[int], str]
"""How a graph is called in messages, by its position."""


def check_list(graphs: Any, what: str = "graphs") -> None:
    """Refuse what is not a list of graphs.

    Args:
        graphs: Anything.
        what: Its name in messages.

    Raises:
        TypeError: If it cannot be read graph by graph.
    """
    if isinstance(graphs, Data):
        raise TypeError(f"{what} must be a list of torch_geometric Data, not one: use [graph]")
    if isinstance(graphs, Tensor | str) or not isinstance(graphs, Iterable | Dataset):
        raise TypeError(
            f"{what} must be a list of torch_geometric Data (got {type(graphs).__name__})"
        )


def check_types(graph: Any, name: str = "the graph") -> None:
    """Refuse a graph whose tensors are missing, of wrong types or of wrong shapes.

    Reads no value, so it costs next to nothing.

    Args:
        graph: A graph or a batch.
        name: Name of the graph in messages.

    Raises:
        TypeError: If it is not a graph, or holds something else than tensors of real numbers.
        ValueError: If features or edges have impossible shapes, or are on two devices.
    """
    if isinstance(graph, HeteroData):
        raise TypeError(f"{name} is a HeteroData: {OF_TYPES}")
    if not isinstance(graph, Data):
        raise TypeError(
            f"{name} must be a torch_geometric Data or Batch (got {type(graph).__name__})"
        )
    x = graph.x
    if x is None:
        raise ValueError(f"{name} has no node features: set data.x, [num_nodes, num_features]")
    _check_tensor(x, f"x of {name}", "[num_nodes, num_features]")
    if not x.dim() or not x.size(0):
        raise ValueError(
            f"{name} needs node features x, [num_nodes, num_features] (got {list(x.shape)}); a "
            f"graph that has no nodes: leave it out"
        )
    if x.layout is not torch.strided:
        raise ValueError(f"{name} has sparse x: use graph.x = graph.x.to_dense()")
    stated = graph._store.get("num_nodes")
    if isinstance(stated, Real) and not isinstance(stated, Integral):
        raise TypeError(f"{name} has num_nodes {stated}, which is no whole number: leave it out")
    if stated is not None and stated != x.size(0):
        raise ValueError(
            f"{name} has num_nodes {stated}, and x of {x.size(0)} nodes: leave num_nodes out"
        )
    edges = graph.edge_index
    if edges is None:
        if graph.get("adj_t") is None:
            check_edge_rows(graph, 0, name)
    else:
        check_edges(edges, name)
        if edges.device != x.device:
            raise ValueError(
                f"{name} has x on {x.device} and edge_index on {edges.device}: move it as a whole, "
                f"graph.to(device)"
            )
        check_nodes_first(x, edges, name)


def check_nodes_first(x: Any, edges: Tensor, name: str) -> None:
    """Refuse features of more than two dimensions, the first of which does not count nodes.

    Edges to nodes that are not there say so: ``[1, num_nodes, num_features]`` would be one node.

    Args:
        x: Features of nodes, or what is in their place.
        edges: ``[2, E]``.
        name: Name of the graph in messages.

    Raises:
        ValueError: If an edge leads beyond the first dimension of such features.
    """
    deep = isinstance(x, Tensor) and x.dim() > 2 and bool(edges.numel())
    if deep and int(edges.max()) >= x.size(0):
        way = "x.squeeze(0)" if x.size(0) == 1 else "one row for each node"
        raise ValueError(
            f"{name} has x of shape {list(x.shape)}, and an edge to node {int(edges.max())}: x "
            f"must be [num_nodes, num_features], such as {way}"
        )


def check_edge_rows(graph: Data, edges: int, name: str) -> None:
    """Refuse values of edges of which the graph has another number, or none.

    Args:
        graph: A graph without ``edge_index``.
        edges: How many edges it has, in ``adj_t``.
        name: Name of the graph in messages.

    Raises:
        ValueError: If ``edge_attr`` or ``edge_weight`` has another number of rows.
    """
    for key in ("edge_attr", "edge_weight"):
        value = graph.get(key)
        if isinstance(value, Tensor) and value.dim() and len(value) != edges:
            where = f"{edges} in its adj_t" if edges else "no edge_index"
            raise ValueError(
                f"{name} has {key} of {len(value)} edges and {where}: set edge_index, "
                f"[2, {len(value)}], or leave {key} out"
            )


def check_edges(edges: Any, name: str) -> None:
    """Refuse edges of another type or shape than ``[2, E]`` of whole numbers.

    Args:
        edges: Anything.
        name: Name of the graph in messages.

    Raises:
        TypeError: If they are no tensor of real numbers.
        ValueError: If they have another shape or type, or no values.
    """
    _check_tensor(edges, f"edge_index of {name}", "[2, num_edges] of torch.long")
    if edges.layout is not torch.strided:
        raise ValueError(
            f"edge_index of {name} is a sparse matrix: set it as graph.adj_t, its transpose, or "
            f"give the ends of its edges, torch_geometric.utils.to_edge_index(adjacency)[0]"
        )
    if edges.dim() != 2 or edges.size(0) != 2 or edges.dtype != torch.long:
        raise ValueError(
            f"{name} has edge_index {list(edges.shape)} of {edges.dtype}: it must be "
            f"[2, num_edges] of torch.long"
        )


def check_values(inputs: UnionTensors, edge_counts: Tensor | None, naming: Naming) -> None:
    """Refuse values that are not finite, and edges that leave their graph.

    Args:
        inputs: A union of graphs.
        edge_counts: Edges of each graph as they were given, ``[G]``; ``None`` if a batch does not
            record them, so that an edge is known by its ends alone.
        naming: Names of the graphs.

    Raises:
        ValueError: Names the first graph that is refused, and why.
    """
    _check_finite(inputs.x, "x", inputs, naming)
    for key, joined in inputs.extras.items():
        _check_finite(joined.value, key, inputs, naming, joined.sizes, joined.dim)
    _check_edges(inputs, edge_counts, naming)


def check_own_values(graph: Data, name: str) -> None:
    """Refuse one graph, of the right types, for its values; as :func:`check_values` does for many.

    Args:
        graph: The graph.
        name: Its name in messages.

    Raises:
        ValueError: If it has no ``edge_index``, an edge leaves it, its features or edge features
            are not finite, or those of edges are sparse or one number.
    """
    if graph.edge_index is None:  # of a class that computes it
        raise ValueError(
            f"{name} is a {type(graph).__name__} whose edge_index is None: give a plain Data, "
            f"Data(x=..., edge_index=...)"
        )
    nodes = torch.zeros(len(graph.x), dtype=torch.long, device=graph.x.device)
    inputs = UnionTensors(graph.x, graph.edge_index, nodes, 1)
    check_values(inputs, None, lambda _: name)
    for key in ("edge_attr", "edge_weight"):
        value = graph.get(key)
        if not isinstance(value, Tensor):
            continue
        check_dense(value, f"{key} of {name}")
        if not value.dim():
            raise ValueError(f"{key} of {name} is one number: it must have a row for each edge")
        _check_finite(value, key, inputs, lambda _: name, torch.tensor([len(value)]))


def check_dense(value: Tensor, what: str) -> None:
    """Refuse a sparse tensor, which encoders do not read.

    Args:
        value: The tensor.
        what: Its name in messages.

    Raises:
        ValueError: If it is sparse.
    """
    if value.layout != torch.strided:
        raise ValueError(f"{what} is sparse: give the encoder a dense tensor")


def _check_tensor(value: Any, what: str, shape: str) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"{what} is a {type(value).__name__}: it must be a tensor, {shape}")
    if value.is_complex():
        raise TypeError(
            f"{what} holds complex numbers ({value.dtype}): use their magnitude, or real and "
            f"imaginary part as two features"
        )
    if value.is_floating_point() and value.dtype not in _FLOATS:
        raise TypeError(f"{what} is of {value.dtype}, in which little is computed: use .float()")
    check_not_meta(value, what)


def check_not_meta(value: Tensor, what: str) -> None:
    """Refuse a tensor without values.

    Args:
        value: The tensor.
        what: Its name in messages.

    Raises:
        ValueError: If it is on the device ``meta``.
    """
    if value.is_meta:
        raise ValueError(f"{what} is on the device 'meta' and has no values")


_FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


def _check_finite(
    value: Tensor,
    key: str,
    inputs: UnionTensors,
    naming: Naming,
    sizes: Tensor | None = None,
    dim: int = 0,
) -> None:
    if value.is_complex():
        raise TypeError(f"'{key}' of {naming(0)} holds complex numbers ({value.dtype})")
    if value.is_meta:
        raise ValueError(f"'{key}' of {naming(0)} is on the device 'meta' and has no values")
    if not value.is_floating_point() or not value.numel():
        return
    low, high = (float(end) for end in value.detach().aminmax())  # NaN if a value is
    most = _most(value.dtype)
    if -most <= low and high <= most:
        return
    fine = value.isfinite() & (value.abs() <= most)
    rows = fine.movedim(dim, 0)
    row = int(rows.reshape(len(rows), -1).all(1).logical_not().nonzero()[0])
    who = naming(_graph_of_row(row, inputs, sizes))
    if bool(value.isfinite().all()):
        raise ValueError(
            f"{who} has values in '{key}' beyond {most:.0e}, whose squares are beyond "
            f"{value.dtype}: scale them"
        )
    raise ValueError(
        f"{who} has NaN or infinite values in '{key}': clean them first, or leave the graph out"
    )


def _most(dtype: torch.dtype) -> float:
    """Largest value that similarities can square; of half precision, the largest value."""
    largest = float(torch.finfo(dtype).max)
    return largest if dtype == torch.half else sqrt(largest)


def _graph_of_row(row: int, inputs: UnionTensors, sizes: Tensor | None) -> int:
    if sizes is None:
        return int(inputs.batch[row])
    return int((sizes.cumsum(0) <= row).sum())


def check_ends(edges: Tensor, size: int, name: str) -> None:
    """Refuse edges to nodes that are not there.

    Args:
        edges: ``[2, E]``.
        size: Number of nodes.
        name: Name of the graph in messages.

    Raises:
        ValueError: If an end is negative, or not below ``size``.
    """
    if not edges.numel():
        return
    low, high = edges.aminmax()
    if int(low) < 0 or int(high) >= size:
        outside = ((edges < 0) | (edges >= size)).any(0)
        _refuse(edges[:, outside][:, 0], size, name)


def _check_edges(inputs: UnionTensors, counts: Tensor | None, naming: Naming) -> None:
    edges = inputs.edge_index
    if not edges.numel():
        return
    if inputs.num_graphs == 1:
        check_ends(edges, len(inputs.x), naming(0))
    elif counts is None or int(counts.sum()) != edges.size(1):
        _check_ends(inputs, naming)
    else:
        _check_by_counts(inputs, counts.to(edges.device), naming)


def _check_by_counts(inputs: UnionTensors, counts: Tensor, naming: Naming) -> None:
    """Compare each edge with the nodes of the graph that it was given with."""
    edges = inputs.edge_index
    low, high = edges.aminmax()
    if int(low) >= 0 and int(high) < len(inputs.x):
        graph_of = torch.repeat_interleave(counts, output_size=edges.size(1))
        if all(torch.equal(inputs.batch.index_select(0, ends), graph_of) for ends in edges):
            return
    if _only_reordered(inputs, counts):
        return
    sizes = inputs.batch.bincount(minlength=inputs.num_graphs)
    starts = sizes.cumsum(0) - sizes
    first = torch.repeat_interleave(starts, counts, output_size=edges.size(1))
    last = first + torch.repeat_interleave(sizes, counts, output_size=edges.size(1))
    edge = int(((edges < first) | (edges >= last)).any(0).nonzero()[0])
    graph = int((counts.cumsum(0) <= edge).sum())
    _refuse(edges[:, edge] - first[edge], int(sizes[graph]), naming(graph))


def _only_reordered(inputs: UnionTensors, counts: Tensor) -> bool:
    """Whether each graph has its edges, and only their order in the batch has changed."""
    edges = inputs.edge_index
    if bool(((edges < 0) | (edges >= len(inputs.x))).any()):
        return False
    row, col = inputs.batch[edges]
    return torch.equal(row, col) and torch.equal(row.bincount(minlength=len(counts)), counts)


def _check_ends(inputs: UnionTensors, naming: Naming) -> None:
    """Of a batch that does not record its edges: both ends must be in one graph."""
    edges = inputs.edge_index
    if bool(((edges < 0) | (edges >= len(inputs.x))).any()):
        raise ValueError(
            f"the batch has edges to nodes that are not there: it has {len(inputs.x)} nodes"
        )
    row, col = inputs.batch[edges]
    if not torch.equal(row, col):
        name = naming(int(row[row != col][0]))
        raise ValueError(f"{name} has an edge to another graph of the batch: check edge_index")


def _refuse(edge: Tensor, size: int, name: str) -> None:
    """Raise for an edge, counted within its graph, that leaves it."""
    node = next(int(end) for end in edge if not 0 <= int(end) < size)
    raise ValueError(
        f"{name} has an edge to node {node}, and {size} nodes, 0 to {size - 1}: check edge_index"
    )
