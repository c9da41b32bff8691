"""The adjacency of each graph, from the sparse adjacency of a batch."""

import torch
from torch import Tensor


def sparse_blocks(adj_t: Tensor, batch: Tensor, count: int) -> list[Tensor]:
    """The blocks of a sparse block diagonal matrix, in its layout.

    PyG takes no sparse tensor of torch apart.

    Args:
        adj_t: Sparse adjacency of the batch, ``[N, N]``.
        batch: Graph of each node, ``[N]``, sorted.
        count: Number of graphs.

    Raises:
        ValueError: If it has another size than the batch, or an edge leads to another graph.

    Example:
        >>> both = torch.eye(3).to_sparse_coo()
        >>> [list(block.shape) for block in sparse_blocks(both, torch.tensor([0, 0, 1]), 2)]
        [[2, 2], [1, 1]]
    """
    if adj_t.shape[:2] != (len(batch), len(batch)):
        raise ValueError(
            f"adj_t of the batch is {list(adj_t.shape)}, and the batch has {len(batch)} nodes"
        )
    whole = adj_t.to_sparse_coo().coalesce()
    (row, col), value = whole.indices(), whole.values()
    crossing = (batch[row] != batch[col]).nonzero()
    if len(crossing):
        graph = int(batch[col[crossing[0]]])
        raise ValueError(f"graph {graph} has an edge to another graph of the batch: check adj_t")
    sizes = batch.bincount(minlength=count).tolist()
    edges = batch[row].bincount(minlength=count).tolist()  # of sorted rows, graph after graph
    first, blocks = 0, []
    for places, values, size in zip(
        whole.indices().split(edges, dim=1), value.split(edges), sizes, strict=True
    ):
        block = torch.sparse_coo_tensor(
            places - first, values, (size, size, *adj_t.shape[2:]), is_coalesced=True
        )
        if adj_t.layout != block.layout and adj_t.dim() == 2:
            block = block.to_sparse(layout=adj_t.layout)
        blocks.append(block)
        first += size
    return blocks
