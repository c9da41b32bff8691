"""What a union of graphs must be that is put together by hand, and what can be chosen from it."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import check_has_values
from pyg_siamex._numbers import shown, whole
from pyg_siamex.data.checked_graph import check_types, check_values
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.union_tensors import FIELDS, UnionTensors


def check_union(inputs: UnionTensors) -> None:
    """Refuse a union whose parts do not fit together.

    Args:
        inputs: A union of graphs, as somebody gave its parts.

    Raises:
        TypeError: If a part is of another type.
        ValueError: If a graph has no nodes, an edge leaves its graph, an extra input has other rows
            than its sizes say, or a value is not finite.
    """
    check_types(Data(x=inputs.x, edge_index=inputs.edge_index), "the union")
    count = whole("num_graphs", inputs.num_graphs)
    batch = inputs.batch
    if batch.numel() == len(inputs.x) < count:
        raise ValueError(
            f"num_graphs is {count}, and there are {len(inputs.x)} nodes: no graph is empty"
        )
    named = int(batch.max()) + 1 if batch.numel() and batch.dtype == torch.long else 0
    if named > count:
        raise ValueError(f"batch has nodes of {named} graphs, and num_graphs is {count}")
    check_batch(batch, inputs.x, count, "batch")
    for name, joined in inputs.extras.items():
        _check_joined(name, joined, count)
    many = count > 1
    check_values(inputs, None, lambda k: f"graph {k} of {count}" if many else "the graph")


def check_batch(batch: Any, x: Tensor, num_graphs: int, name: str = "data.batch") -> None:
    """Refuse numbers of the nodes' graphs that do not fit.

    Args:
        batch: Graph of each node, ``[N]``.
        x: Node features, ``[N, F]``.
        num_graphs: Number of graphs.
        name: What ``batch`` is called in messages.

    Raises:
        ValueError: If they do not fit, or a graph has no nodes.
    """
    if not isinstance(batch, Tensor) or batch.dtype != torch.long or batch.dim() != 1:
        raise ValueError(f"{name} must be the graph of each node, [num_nodes] of torch.long")
    if len(batch) != len(x):
        raise ValueError(f"{name} has {len(batch)} entries, and there are {len(x)} nodes")
    if bool((batch.diff() < 0).any()) or int(batch[0]) < 0:
        raise ValueError(f"{name} must be sorted: the nodes of a graph stand together")
    if int(batch[-1]) >= len(batch):
        raise ValueError(
            f"{name} names graph {int(batch[-1])}, and there are {len(batch)} nodes: graphs "
            f"are numbered from 0, and none is empty"
        )
    if int(batch[-1]) >= num_graphs:
        raise ValueError(
            f"{name} has nodes of {int(batch[-1]) + 1} graphs, and a Data is one graph: give a "
            f"Batch, such as Batch.from_data_list(graphs), or leave {name} out"
        )
    sizes = batch.bincount(minlength=num_graphs)
    if not int(sizes.amin()):
        empty = int((sizes == 0).nonzero()[0])
        raise ValueError(f"graph {empty} of {num_graphs} has no nodes: leave it out")


def check_rows(name: str, rows: Any, size: int) -> None:
    """Refuse what chooses no rows: neither a mask nor positions.

    Args:
        name: The argument, for messages.
        rows: Bool ``[size]``, or positions of whole numbers.
        size: How many rows there are.

    Raises:
        TypeError: If it is not a tensor of truths or of whole numbers, or sparse.
        ValueError: If it has another length than there are rows, or no values.
        IndexError: If a position does not exist.
    """
    check_has_values(name, rows)
    if not isinstance(rows, Tensor) or rows.dtype not in (torch.long, torch.int):
        check_mask(name, rows, size, ", or positions")
        return
    if rows.dim() != 1:
        raise ValueError(f"`{name}` must be positions in a row (got {_told(rows)})")
    if len(rows):
        low, high = (int(end) for end in rows.aminmax())
        if low < -size or high >= size:
            raise IndexError(f"`{name}`: no position {low if low < -size else high} among {size}")


def check_mask(name: str, mask: Any, size: int, other: str = "") -> None:
    """Refuse what is not a mask of rows.

    Args:
        name: The argument, for messages.
        mask: Bool ``[size]``.
        size: How many rows there are.
        other: What it might be instead, for messages.

    Raises:
        TypeError: If it is not a tensor of truths, or sparse.
        ValueError: If it has another length than there are rows, or no values.
    """
    check_has_values(name, mask)
    truths = isinstance(mask, Tensor) and mask.dtype == torch.bool
    if truths and mask.shape == (size,):
        return
    error = ValueError if truths else TypeError
    raise error(f"`{name}` must be a mask, [{size}] of torch.bool{other} (got {_told(mask)})")


def graph_positions(graphs: Any, count: int) -> list[int]:
    """Positions of graphs that are kept.

    Args:
        graphs: Increasing positions, long ``[G']``.
        count: How many graphs there are.

    Raises:
        TypeError: If they are sparse.
        ValueError: If they are no tensor of whole numbers, do not increase, or there are none.
        IndexError: If a position does not exist.
    """
    check_has_values("graphs", graphs)
    if not isinstance(graphs, Tensor) or graphs.dim() != 1 or graphs.dtype != torch.long:
        raise ValueError(f"graphs must be positions, [G'] of torch.long (got {_told(graphs)})")
    places: list[int] = graphs.tolist()
    if not places:
        raise ValueError("graphs must be at least one position (got none)")
    outside = next((one for one in (min(places), max(places)) if not 0 <= one < count), None)
    if outside is not None:
        raise IndexError(f"graphs: no position {outside} among {count}")
    if places != sorted(set(places)):
        raise ValueError(f"graphs must increase, each once (got {places!s:.60})")
    return places


def check_extra(name: str, value: Any, known: Joined | None, edges: int) -> None:
    """Refuse values of an extra input that are more or fewer than its rows.

    Args:
        name: The extra input.
        value: Its values.
        known: What is there under this name, or ``None``.
        edges: How many edges there are, one for each row of a new input.

    Raises:
        TypeError: If they are no tensor.
        ValueError: If ``name`` is not an extra input, or the rows are others.
    """
    if name in FIELDS:
        raise ValueError(f"`{name}` is no extra input: use dataclasses.replace(inputs, {name}=...)")
    if not isinstance(value, Tensor):
        raise TypeError(f"`{name}` must be a tensor (got {shown(value)})")
    dim, rows = (0, edges) if known is None else (known.dim, known.value.size(known.dim))
    if value.dim() <= dim or value.size(dim) != rows:
        whose = "edges" if known is None else f"rows of '{name}'"
        raise ValueError(f"`{name}` is {list(value.shape)}, and there are {rows} {whose}")


def _check_joined(name: str, joined: Joined, count: int) -> None:
    """Raise ``ValueError`` for an extra input whose rows are not those that its sizes say."""
    if name in FIELDS:
        raise ValueError(f"'{name}' is no extra input: a union has it by itself")
    value, sizes, dim = joined.value, joined.sizes, joined.dim
    if not -value.dim() <= dim < value.dim():
        raise ValueError(f"'{name}' is {list(value.shape)}, and has no dimension {dim}")
    if sizes.shape != (count,) or int(sizes.sum()) != value.size(dim):
        raise ValueError(
            f"'{name}' has {value.size(dim)} rows, and its sizes must be those of {count} graphs "
            f"(got {sizes.tolist()!s:.60})"
        )
    if joined.increments is not None and len(joined.increments) != count:
        raise ValueError(f"'{name}' has {len(joined.increments)} increments for {count} graphs")


def _told(value: Any) -> str:
    return f"{list(value.shape)} of {value.dtype}" if isinstance(value, Tensor) else shown(value)
