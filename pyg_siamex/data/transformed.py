"""Graphs with a transform that is applied whenever one is read."""

import copy
from collections.abc import Callable, Iterator, Sequence

from torch.utils.data import Dataset
from torch_geometric.data import Data
from torch_geometric.data.data import BaseData

from pyg_siamex._called import called
from pyg_siamex._numbers import shown

Transform = Callable[[Data], Data]
"""A function of a graph, such as a ``torch_geometric.transforms.BaseTransform``."""


def applied(transform: Transform, graph: Data, name: str = "transform") -> Data:
    """The transform of a graph, which stays as it is: transforms may set what they are given.

    Args:
        transform: The transform.
        graph: The graph.
        name: What it is called in messages.

    Raises:
        TypeError: If it returns no graph.
        ValueError: If it fails; the error itself is the cause.
    """
    found = called(name, transform, copy.copy(graph))
    if not isinstance(found, BaseData):
        raise TypeError(f"`{name}` must return a graph, torch_geometric Data (got {shown(found)})")
    return found


class TransformedGraphs(Dataset[Data]):
    """Graphs behind a transform.

    Args:
        graphs: Any PyG data set, or a list of ``Data``.
        transform: Applied to a graph at every access.
    """

    def __init__(self, graphs: Sequence[Data] | Dataset[Data], transform: Transform) -> None:
        self.graphs = graphs
        self.transform = transform

    def __len__(self) -> int:
        """Number of graphs."""
        return len(self.graphs)  # type: ignore[arg-type]

    def __getitem__(self, k: int) -> Data:
        """The k-th graph, transformed."""
        return applied(self.transform, self.graphs[k])

    def __iter__(self) -> Iterator[Data]:
        """All graphs, transformed."""
        return (self[k] for k in range(len(self)))


def transformed(
    graphs: Sequence[Data] | Dataset[Data],
    transform: Transform | None,
    pre_transform: Transform | None,
) -> Sequence[Data] | Dataset[Data]:
    """Graphs after ``pre_transform``, applied once, and behind ``transform``.

    Args:
        graphs: Any PyG data set, or a list of ``Data``.
        transform: Applied at every access, or ``None``.
        pre_transform: Applied to each graph once, or ``None``.

    Raises:
        TypeError: If ``pre_transform`` returns no graph.
        ValueError: If ``pre_transform`` fails.
    """
    if pre_transform is not None:
        count = len(graphs)  # type: ignore[arg-type]
        graphs = [applied(pre_transform, graphs[k], "pre_transform") for k in range(count)]
    return graphs if transform is None else TransformedGraphs(graphs, transform)
