"""Some graphs of a data set that keeps its graphs on disk."""

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data, InMemoryDataset, OnDiskDataset
from torch_geometric.data import Dataset as PyGDataset

from pyg_siamex.data.transformed import TransformedGraphs, applied

_AT_ONCE = 1024
"""Graphs that are read together where all are read."""


class StoredGraphs(Dataset[Data]):
    """Some graphs of a data set on disk, which are read when they are asked for.

    Args:
        graphs: The data set.
        positions: Positions of the graphs.
    """

    def __init__(self, graphs: PyGDataset, positions: Sequence[int]) -> None:
        self.graphs = graphs
        self.positions = positions

    def __len__(self) -> int:
        """Number of graphs."""
        return len(self.positions)

    def __getitem__(self, k: int) -> Data:
        """The k-th graph."""
        return self.graphs[self.positions[k]]

    def __getitems__(self, several: Sequence[int]) -> list[Data]:
        """Some graphs, read together."""
        return read_graphs(self.graphs, [self.positions[k] for k in several])


def is_stored(graphs: Any) -> bool:
    """Whether a data set keeps its graphs on disk.

    Args:
        graphs: Any data set.
    """
    return isinstance(graphs, StoredGraphs) or (
        isinstance(graphs, PyGDataset) and not isinstance(graphs, InMemoryDataset)
    )


def some_of(graphs: Any, part: Tensor) -> Sequence[Data] | Dataset[Data]:
    """Some graphs of a data set: a list, or a view of a data set on disk or behind a transform.

    Args:
        graphs: Any data set.
        part: Their positions.
    """
    if isinstance(graphs, TransformedGraphs):
        return TransformedGraphs(some_of(graphs.graphs, part), graphs.transform)
    positions = part.tolist()
    if isinstance(graphs, StoredGraphs):
        return StoredGraphs(graphs.graphs, [graphs.positions[k] for k in positions])
    if is_stored(graphs):
        return StoredGraphs(graphs, positions)
    return [graphs[k] for k in positions]


def read_graphs(graphs: Any, positions: Sequence[int]) -> list[Data]:
    """Graphs of a data set, by one query where it is a database.

    Args:
        graphs: Any data set.
        positions: Their positions; they may repeat.
    """
    if isinstance(graphs, TransformedGraphs):
        return [applied(graphs.transform, graph) for graph in read_graphs(graphs.graphs, positions)]
    if isinstance(graphs, OnDiskDataset):
        different, rows = sorted(set(positions)), graphs.indices()
        found = dict(zip(different, graphs.multi_get([rows[k] for k in different]), strict=True))
        return [found[k] for k in positions]
    if isinstance(graphs, StoredGraphs):
        return graphs.__getitems__(positions)
    return [graphs[k] for k in positions]


def each_of(graphs: Any) -> Iterator[Data]:
    """All graphs of a data set in turn, some of which are held at once.

    Args:
        graphs: Any data set.
    """
    for start in range(0, len(graphs), _AT_ONCE):
        yield from read_graphs(graphs, range(start, min(start + _AT_ONCE, len(graphs))))
