"""Data sets of graphs that are used as PyG's are."""

import copy
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar, overload

import torch
from torch import Tensor
from torch_geometric.data import Data, Dataset, InMemoryDataset

from pyg_siamex._called import called
from pyg_siamex.data.positions import Index, is_one, place_of, positions
from pyg_siamex.data.transformed import Transform, applied

Filter = Callable[[Data], bool]
"""Whether a graph is kept."""

_Own = TypeVar("_Own", bound="IndexedGraphs")


class IndexedGraphs(Dataset):
    """Graphs that are kept or made, with PyG's transform, counts and indices.

    ``dataset[3]`` is a graph: a shallow copy of a kept one, so that attributes can be set on it.
    ``dataset[:10]``, ``dataset[[0, 3]]`` and ``dataset[mask]`` are data sets of some of the graphs,
    whose other attributes hold the values of these graphs.

    Args:
        transform: Applied to a graph at every access.
        pre_transform: For data sets that keep their graphs, see :class:`GraphDataset`.
        pre_filter: Likewise.
    """

    _per_graph: ClassVar[tuple[str, ...]] = ()
    """Attributes with an entry for each graph."""

    def __init__(
        self,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
        pre_filter: Filter | None = None,
    ) -> None:
        super().__init__(None, transform, pre_transform, pre_filter)

    def __len__(self) -> int:
        """Number of graphs."""
        return int(self.len())

    @overload
    def __getitem__(self, idx: int) -> Data: ...

    @overload
    def __getitem__(self: _Own, idx: Index) -> _Own: ...

    def __getitem__(self, idx: Any) -> Any:
        """One graph, or a data set of several."""
        if not is_one(idx):
            return self.index_select(idx)
        data = self.get(place_of(idx, len(self)))
        return data if self.transform is None else applied(self.transform, data)

    def index_select(self: _Own, idx: Index) -> _Own:
        """Some of the graphs, in the order of the index.

        Args:
            idx: A slice, positions, or a mask.

        Raises:
            IndexError: If a position does not exist, or a mask has another length.
        """
        out = copy.copy(self)
        out._keep(positions(idx, len(self)))
        return out

    @property
    def num_classes(self) -> int:
        """Number of classes; 0 without classes."""
        return len(getattr(self, "class_names", None) or ())

    @property
    def y(self) -> Tensor | None:
        """Target of each graph, ``[n]``, or ``None``."""
        return _stacked([self.get(k).y for k in range(self.len())])

    def _keep(self, rows: Sequence[int]) -> None:
        for name in self._per_graph:
            setattr(self, name, _taken(getattr(self, name), rows))


class GraphDataset(IndexedGraphs, InMemoryDataset):
    """Graphs in memory, as a list, with the attributes that belong to them.

    Args:
        transform: Applied to a graph at every access.
        pre_transform: Applied to each graph once.
        pre_filter: Which graphs are kept, asked before ``pre_transform``.
    """

    _per_graph: ClassVar[tuple[str, ...]] = ("_graphs",)

    def __init__(
        self,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
        pre_filter: Filter | None = None,
    ) -> None:
        super().__init__(transform, pre_transform, pre_filter)
        self._graphs: list[Data] = []

    def _prepare(self) -> None:
        """Filter and transform the graphs once, at the end of a constructor."""
        if self.pre_filter is not None:
            kept = [called("pre_filter", self.pre_filter, graph) for graph in self._graphs]
            self._keep([k for k, keep in enumerate(kept) if keep])
            if not self._graphs:
                raise ValueError("pre_filter leaves no graph")
        if self.pre_transform is not None:
            self._graphs = [
                applied(self.pre_transform, graph, "pre_transform") for graph in self._graphs
            ]

    def len(self) -> int:
        """Number of graphs."""
        return len(self._graphs)

    def get(self, idx: int) -> Data:
        """A shallow copy of one graph, without ``transform``; its tensors are the data set's.

        Raises:
            IndexError: If there is no such graph.
        """
        return copy.copy(self._graphs[place_of(idx, len(self._graphs))])

    @property
    def y(self) -> Tensor | None:
        """Target of each graph, ``[n]``, or ``None``."""
        return _stacked([graph.y for graph in self._graphs])

    def copy(self: _Own, idx: Index | None = None) -> _Own:
        """A data set of its own graphs.

        Args:
            idx: Which graphs. Default: all.
        """
        out = self.index_select(slice(None) if idx is None else idx)
        out._graphs = [copy.copy(graph) for graph in out._graphs]
        return out

    def to(self: _Own, device: int | str | torch.device) -> _Own:
        """Move the graphs to a device, in place.

        Args:
            device: The device.
        """
        self._graphs = [graph.to(device) for graph in self._graphs]
        return self


def _stacked(targets: Sequence[Any]) -> Tensor | None:
    """Targets as ``[n]``, or ``None`` if a graph has none, or more than one."""
    if not targets or not all(isinstance(y, Tensor) and y.numel() == 1 for y in targets):
        return None
    return torch.stack([y.reshape(()) for y in targets])


def _taken(value: Any, rows: Sequence[int]) -> Any:
    """Entries of some graphs."""
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: _taken(one, rows) for key, one in value.items()}
    if isinstance(value, Tensor):
        return value[list(rows)]
    return [value[k] for k in rows]
