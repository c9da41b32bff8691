"""Readouts by name, and what they return."""

import copy
import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn.aggr import Aggregation
from torch_geometric.nn.resolver import aggregation_resolver

from pyg_siamex._numbers import shown
from pyg_siamex._visible import in_one_line
from pyg_siamex.nn.roi_readout import RoiConcat
from pyg_siamex.nn.root_readout import RootReadout

_OF_SHAPES = re.compile(r"\b(shapes?|sizes?)\b")
"""In what torch says of tensors that do not fit."""


def readout_of(pool: str | Aggregation | None) -> Aggregation | None:
    """Look a readout up by name.

    Args:
        pool: ``"add"``, ``"mean"``, ``"max"``, the name of any other aggregation of PyG that takes
            no arguments, ``"root"``, an instance, or ``None``.

    Raises:
        ValueError: If the name is unknown, or the aggregation takes arguments.

    Example:
        >>> readout_of("add")
        SumAggregation()
    """
    if pool is None or isinstance(pool, Aggregation):
        return pool
    if pool == "root":
        return RootReadout()
    try:
        found = aggregation_resolver("sum" if pool == "add" else pool)
    except TypeError:
        raise ValueError(
            f"pool={in_one_line(pool, 60)!r} takes arguments: give an instance of it"
        ) from None
    except ValueError:
        found = None
    if not isinstance(found, Aggregation) or type(found) is Aggregation:
        raise ValueError(
            f"pool must be 'add', 'mean', 'max', 'root' or another aggregation of PyG (got "
            f"{in_one_line(pool, 60)!r})"
        )
    return found


def pooled_width(pool: Aggregation | None, channels: int | None) -> int | None:
    """Size of the embeddings of graphs, as far as it is known before any graph.

    Args:
        pool: The readout; ``None`` where the encoder returns a row for each graph.
        channels: Size of the embeddings that the encoder returns, if it is known.

    Returns:
        What the readout says of itself as ``out_channels``, else what it makes of embeddings of
        that size, else, where it cannot be tried, ``channels``.

    Example:
        >>> from torch_geometric.nn.aggr import MultiAggregation
        >>> pooled_width(MultiAggregation(["mean", "max"]), 8)
        16
    """
    told = getattr(pool, "out_channels", None)
    if isinstance(told, int):
        return told
    if pool is None or channels is None:
        return channels
    found = _tried_width(pool, channels)
    return channels if found is None else found


def _tried_width(pool: Aggregation, channels: int) -> int | None:
    """The width of what a readout returns for one graph; ``None`` if it needs another graph."""
    shared = (part.num_rois for part in pool.modules() if isinstance(part, RoiConcat))
    nodes = next(shared, 1)
    index = torch.zeros(nodes, dtype=torch.long, device="cpu")
    try:
        with torch.device("cpu"), torch.no_grad():
            own = _in_memory(copy.deepcopy(pool)).float().eval()
            pooled = own(torch.zeros(nodes, channels), index=index, dim_size=1)
    except (RuntimeError, TypeError, AttributeError, ArithmeticError, LookupError, ValueError):
        return None
    shape = pooled.shape if isinstance(pooled, Tensor) else ()
    return int(shape[1]) if len(shape) == 2 and shape[1] else None


def _in_memory(pool: nn.Module) -> nn.Module:
    """A readout on the CPU; zeros stand for the numbers of one that was made without memory."""
    tensors = [*pool.parameters(), *pool.buffers()]
    if not any(one.is_meta for one in tensors):
        return pool.to("cpu")
    empty = pool.to_empty(device="cpu")
    for one in (*empty.parameters(), *empty.buffers()):
        one.zero_()
    return empty


def pool_nodes(
    pool: nn.Module, h: Tensor, batch: Tensor, graphs: int, read: Mapping[str, Any]
) -> Tensor:
    """A row for each graph from the embeddings of its nodes.

    Args:
        pool: The readout.
        h: Embeddings, ``[N, D]``; readouts of one's own may read others.
        batch: Graph of each node, ``[N]``.
        graphs: Number of graphs.
        read: Further inputs of the readout, by name.

    Raises:
        ValueError: If the readout fails on the embeddings, such as those of another width.

    Example:
        >>> pool_nodes(readout_of("add"), torch.ones(3, 1), torch.tensor([0, 0, 1]), 2, {}).tolist()
        [[2.0], [1.0]]
    """
    try:
        pooled: Tensor = pool(h, index=batch, dim_size=graphs, **read)
    except RuntimeError as error:
        told = in_one_line(str(error), 120)
        if not _OF_SHAPES.search(told):  # such as memory that is full
            raise
        if h.dim() == 2:
            raise ValueError(
                f"`pool` {type(pool).__name__} cannot read the embeddings of nodes, "
                f"{list(h.shape)}: its own layers must take {h.size(1)} channels ({told})"
            ) from error
        raise ValueError(
            f"the encoder returned {list(h.shape)}, which {type(pool).__name__} cannot read: "
            f"embeddings of nodes must be a matrix, such as h.flatten(1)"
        ) from error
    return pooled


def check_pooled(pool: nn.Module, pooled: Any, graphs: int) -> None:
    """Refuse what a readout returns and is no row of floats for each graph.

    Args:
        pool: The readout.
        pooled: What it returns.
        graphs: Number of graphs.

    Raises:
        TypeError: If it is not a tensor of floats.
        ValueError: If it is not a matrix with a row for each graph.

    Example:
        >>> check_pooled(readout_of("add"), torch.ones(2, 8), 2)
    """
    kind = pooled.is_floating_point() if isinstance(pooled, Tensor) else False
    if kind and pooled.dim() == 2 and len(pooled) == graphs and pooled.size(1):
        return
    needed = f"`pool` must return floats, [{graphs}, D], a row for each graph"
    name = type(pool).__name__
    if not kind:
        got = pooled.dtype if isinstance(pooled, Tensor) else shown(pooled)
        raise TypeError(f"{needed} (got {got} of {name})")
    raise ValueError(
        f"{needed} (got {list(pooled.shape)} of {name}): aggregate the nodes by `index`, to "
        f"`dim_size` rows, as in self.reduce(x, index, ptr, dim_size, dim)"
    )
