"""Pairs of nodes of one graph, as pairs of their neighbourhoods."""

import copy
from collections.abc import Sequence
from typing import overload

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex.data.graph_counts import GraphCounts
from pyg_siamex.data.neighbourhood import Neighbourhoods
from pyg_siamex.data.pair import Pair
from pyg_siamex.data.positions import Index, as_rows, is_one, positions
from pyg_siamex.data.target import as_numbers, as_single


@checked
class NodePairs(GraphCounts, Dataset[Pair]):
    r"""Pairs of nodes (links) of one graph, as :class:`Pair`\ s of their neighbourhoods.

    With ``SiameseGNN(encoder, pool="root")``, a neighbourhood has the embedding that its root has
    in the whole graph, if ``num_hops`` covers what the encoder reads. That can be more than its
    number of layers: a GCN also reads the degrees of the outermost neighbours, and some layers take
    several hops. :func:`~pyg_siamex.nn.find_hops` finds the number.

    Items are cut out of the graph when they are read. PyG's
    :class:`~torch_geometric.loader.DataLoader` reads and collates them in batches.

    Args:
        data: A graph, or what :class:`~torch_geometric.loader.LinkNeighborLoader` samples of one
            that does not fit into memory, with ``num_neighbors=[-1] * num_hops``.
        pairs: The nodes, as a list of ``(u, v)`` or as PyG's ``edge_label_index``, ``[2, P]``. They
            need not be linked.
        num_hops: Number of hops of each neighbourhood.
        y: Target of each pair, for example ``data.edge_label``. Default: unknown.
        remove_link: Whether edges between the two nodes of a pair are removed from both of its
            neighbourhoods.

    Raises:
        TypeError: If ``data`` is not a graph, or the nodes are not integers.
        ValueError: If the list is empty or malformed, a node does not exist, lengths differ, or a
            target is infinite.

    Example:
        >>> data = Data(x=torch.eye(4), edge_index=torch.tensor([[0, 1, 2], [1, 2, 3]]))
        >>> query, reference, y = NodePairs(data, [(1, 3)], num_hops=1)[0]
        >>> query.n_id, reference.n_id
        (tensor([0, 1]), tensor([2, 3]))
    """

    def __init__(
        self,
        data: Data,
        pairs: Sequence[tuple[int, int]] | Tensor,
        num_hops: int,
        *,
        y: Sequence[float] | Tensor | None = None,
        remove_link: bool = False,
    ) -> None:
        self.neighbourhoods: Neighbourhoods = Neighbourhoods(data, num_hops)
        self.index: Tensor = read_links(pairs, self.neighbourhoods.num_nodes)
        unknown = torch.full((len(self.index),), torch.nan)
        self.y: Tensor = unknown if y is None else _read_targets(y, len(self.index))
        self.remove_link = remove_link

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.index)

    @overload
    def __getitem__(self, k: int) -> Pair: ...

    @overload
    def __getitem__(self, k: Index) -> "NodePairs": ...

    def __getitem__(self, k: int | Index) -> "Pair | NodePairs":
        """One pair, or the data set of several, by a slice, positions or a mask."""
        if not is_one(k):
            rows = positions(k, len(self))  # type: ignore[arg-type]
            out = copy.copy(self)
            out.index, out.y = self.index[rows], self.y[rows]
            return out
        k = int(k)  # type: ignore[arg-type]
        if not -len(self) <= k < len(self):
            raise IndexError(f"no pair {k} among {len(self)}")
        return self.__getitems__([k])[0]

    def _one_graph(self) -> Data:
        return self[0].query

    def __getitems__(self, positions: Sequence[int]) -> list[Pair]:
        """Several pairs, which take less time than one by one."""
        index = self.index[list(positions)]
        without = index.repeat_interleave(2, dim=0) if self.remove_link else None
        found = self.neighbourhoods.around(index.view(-1, 1), without)
        parts = zip(found[::2], found[1::2], self.y[list(positions)], strict=True)
        return [Pair(query, reference, y) for query, reference, y in parts]


def _read_targets(y: Sequence[float] | Tensor, size: int) -> Tensor:
    """A target for each pair, ``[P]``, in its own type."""
    numbers = as_numbers(y, "y")
    if len(numbers) != size:
        raise ValueError(f"{len(numbers)} targets for {size} pairs")
    as_single(numbers, "y")
    return torch.as_tensor(y).detach().flatten()


def read_links(pairs: Sequence[tuple[int, int]] | Tensor, num_nodes: int) -> Tensor:
    """Pairs of nodes as ``[P, 2]``.

    Args:
        pairs: A list of ``(u, v)``, or PyG's ``edge_label_index``, ``[2, P]``.
        num_nodes: Number of nodes of the graph.

    Raises:
        TypeError: If the nodes are not integers.
        ValueError: If the list is empty or malformed, or a node does not exist.
    """
    try:
        square = isinstance(pairs, Tensor) and pairs.dim() == 2
        index = pairs.t() if square else as_rows(pairs)  # type: ignore[union-attr]
    except (TypeError, ValueError, RuntimeError):
        raise ValueError("pairs must be a list of two nodes each, (u, v)") from None
    if not index.numel():
        raise ValueError("there are no pairs")
    if index.is_floating_point() or index.dtype is torch.bool:
        raise TypeError(f"nodes must be integers (got {index.dtype})")
    if index.dim() != 2 or index.size(1) != 2:
        shape = list(pairs.shape) if isinstance(pairs, Tensor) else list(index.shape)
        raise ValueError(
            f"pairs must be a list of (u, v), or a tensor [2, P] like PyG's edge_label_index "
            f"(got {shape})" + (": give pairs.t()" if index.size(0) == 2 else "")
        )
    index = index.long().cpu().contiguous()  # narrow types cannot be compared with large numbers
    outside = index[(index < 0) | (index >= num_nodes)]
    if len(outside):
        raise ValueError(f"pairs has node {int(outside[0])}, and the graph has {num_nodes} nodes")
    return index
