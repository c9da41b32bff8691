"""Batches for training: graphs, embedded once, with the target of every pair among them."""

import copy
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, DistributedSampler, RandomSampler, Sampler
from torch_geometric.data import Batch, Data

from pyg_siamex._visible import in_one_line
from pyg_siamex.data.checked_graph import Naming
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.stored_graphs import read_graphs


class GraphBatch(NamedTuple):
    """Some graphs and the targets of all their pairs.

    Attributes:
        graphs: ``Batch`` of b graphs.
        target: ``[b, b]`` symmetric, ``nan`` if unknown.
    """

    graphs: Batch
    target: Tensor


def batch_of(graphs: Sequence[Data], naming: Naming | None = None) -> Batch:
    """A batch of the attributes that all graphs have, such as inputs; others are left out.

    Args:
        graphs: The graphs.
        naming: What they are called in messages. Default: by their position.

    Raises:
        TypeError: If a graph holds something else than tensors of real numbers.
        ValueError: If the graphs cannot be joined.
    """
    graphs = _with_edges(graphs, naming)
    if len({_types(graph) for graph in graphs}) > 1:  # which would be cast to one of them
        GraphInputs.from_graphs(graphs, (), naming)
    keys = [set(graph.keys()) for graph in graphs]
    partial = set.union(*keys) - set.intersection(*keys)
    try:
        found = Batch.from_data_list(list(graphs), exclude_keys=sorted(partial))
    except Exception as error:
        GraphInputs.from_graphs(graphs, (), naming)  # names the graph
        told = in_one_line(str(error), 200)
        raise ValueError(f"the graphs of a batch cannot be joined: {told}") from error
    if isinstance(found.get("x"), list):  # of graphs without tensors
        GraphInputs.from_graphs(graphs, (), naming)
    return found


def _with_edges(graphs: Sequence[Data], naming: Naming | None) -> Sequence[Data]:
    """The graphs with their edges, which a batch of them would lose if one has none set."""
    forms = {_form(graph) for graph in graphs}
    if len(forms) < 2:
        return graphs
    GraphInputs.from_graphs(graphs, (), naming)  # names a graph of many nodes without edges
    if {"edge_index", "adj_t"} <= forms or (None in forms and "adj_t" in forms):
        raise ValueError(
            "some graphs have their edges in adj_t, and others do not: give all of them "
            "edge_index, [2, num_edges]"
        )
    none = torch.empty(2, 0, dtype=torch.long)
    filled = [copy.copy(graph) for graph in graphs]
    for graph in filled:
        if graph.edge_index is None:
            graph.edge_index = none.to(graph.x.device)
    return filled


def _types(graph: Data) -> tuple[object, ...]:
    """Types of features and edges."""
    return tuple(getattr(graph.get(name), "dtype", None) for name in ("x", "edge_index"))


def _form(graph: Data) -> str | None:
    """The attribute that holds the edges."""
    names = ("edge_index", "adj_t")
    return next((name for name in names if graph.get(name) is not None), None)


def training_batches(
    pairs: PairDataset, batch_size: int, seed: int, replicas: int = 1, rank: int = 0
) -> DataLoader[list[int]]:
    """Make a loader of :class:`GraphBatch` with its own random stream.

    If the relation gives the target of any two graphs, a batch is ``batch_size`` random graphs. A
    list of pairs is sampled by pairs, so that each batch holds pairs with a known target.

    Args:
        pairs: The training pairs.
        batch_size: Graphs in a batch (for listed pairs, twice the pairs in a batch), at least 2.
        seed: Seed of the order.
        replicas: Processes that train together; each has batches of ``batch_size`` of its own.
        rank: Which of them this is.
    """
    rows = pairs.relation.units(len(pairs.graphs))
    size = max(1, batch_size // len(rows[0]))

    def collate(chosen: Sequence[list[int]]) -> GraphBatch:
        index = torch.tensor(sorted({k for row in chosen for k in row}))
        return GraphBatch(
            batch_of(read_graphs(pairs.graphs, index.tolist())),
            pairs.relation.targets(index, index),
        )

    random = torch.Generator().manual_seed(seed)
    order: Sampler[int] = RandomSampler(rows, generator=random)
    if replicas > 1:
        order = DistributedSampler(rows, replicas, rank, seed=seed)  # type: ignore[arg-type]
    # A last batch of one graph has no pair and no variance for BatchNorm.
    return DataLoader(
        rows,  # type: ignore[arg-type]
        batch_size=size,
        sampler=order,
        drop_last=len(rows) > size * replicas,
        collate_fn=collate,
        generator=random,
    )
