"""Graphs that a function reads from files, checked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from pyg_siamex._numbers import shown
from pyg_siamex.data.checked_graph import check_list

Read = Callable[[Path, str | None], Iterable[Data]]
"""From files, and the name of a label or ``None``, to graphs with ``name`` and, then, ``y``."""


@dataclass(frozen=True)
class GraphReading:
    """Nothing can be chosen about how files are read.

    Example:
        >>> GraphReading()
        GraphReading()
    """


def graphs_at(read: Read, path: Any, label: str | None) -> list[Data]:
    """The graphs of some files.

    Args:
        read: Reads them.
        path: The files.
        label: Name of the label, or ``None``.

    Raises:
        FileNotFoundError: If there is nothing at ``path``.
        TypeError: If ``path`` is not a path, or what is read holds no graphs with names.
        ValueError: If no graph is read, or one has no ``y`` where there is a label, or names of
            more or fewer nodes than it has.

    Example:
        >>> named = [Data(x=graph.x, edge_index=graph.edge_index, name="g") for graph in graphs]
        >>> len(graphs_at(lambda path, label: named, "molecules.csv", None)) == len(named)
        True
    """
    if not isinstance(path, str | Path):
        raise TypeError(f"give a file or folder (got {type(path).__name__})")
    if not Path(path).exists():
        raise FileNotFoundError(f"no file or folder at {path}")
    found = read(Path(path), label)
    check_list(found, f"what is read of {path}")
    graphs = list(found)
    if not graphs:
        raise ValueError(f"{path} has no graph")
    for k, graph in enumerate(graphs):
        if not isinstance(graph, Data) or not isinstance(graph.get("name"), str):
            raise TypeError(f"what reads {path} must give Data with a text as `name` (item {k})")
        if label is not None and graph.get("y") is None:
            raise ValueError(f"'{graph.name}' of {path} has no '{label}'")
        _check_node_names(graph, path)
    return graphs


def _check_node_names(graph: Data, path: Any) -> None:
    names = graph.get("node_names")
    if names is None:
        return
    if not isinstance(names, list | tuple):
        raise TypeError(
            f"'{graph.name}' of {path} has node_names that are no list (got {shown(names)})"
        )
    if len(names) != graph.num_nodes:
        raise ValueError(
            f"'{graph.name}' of {path} has {len(names)} node_names and {graph.num_nodes} nodes"
        )
