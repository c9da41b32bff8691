"""Graphs that share their regions as nodes, as one tensor over graph, region and feature."""

import torch
from torch import Tensor


def by_roi(x: Tensor, batch: Tensor | None, num_rois: int, num_graphs: int | None = None) -> Tensor:
    """Arrange the nodes of a union of graphs by graph and region.

    Args:
        x: Node values, ``[N, F]``; node k of each graph is region k.
        batch: Graph of each node, ``[N]``, sorted. Default: a single graph.
        num_rois: Regions R of every graph.
        num_graphs: Number B of graphs. Default: read from ``batch``.

    Returns:
        ``[B, R, F]``.

    Raises:
        ValueError: If a graph has another number of nodes, the nodes are not sorted by graph, or
            ``batch`` is not the graph of each node.
    """
    if batch is None:
        batch = torch.zeros(len(x), dtype=torch.long, device=x.device)
    if batch.dtype != torch.long or batch.shape != x.shape[:1]:
        raise ValueError(
            f"batch must be the graph of each of {len(x)} nodes, of torch.long (got "
            f"{list(batch.shape)} of {batch.dtype})"
        )
    counts = batch.bincount(minlength=num_graphs or 0)
    wrong = (counts != num_rois).nonzero().flatten().tolist()
    if wrong:
        raise ValueError(
            f"graph {wrong[0]} of {len(counts)} has {int(counts[wrong[0]])} nodes, and the model "
            f"compares {num_rois} regions: give every graph the same regions in the same order"
        )
    if bool((batch.diff() < 0).any()):
        raise ValueError("batch is not sorted: the nodes of a graph must follow each other")
    return x.reshape(len(counts), num_rois, *x.shape[1:])
