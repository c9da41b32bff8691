"""Rows of an array as graphs, and lists of graphs as scikit-learn hands them over."""

from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset
from torch_geometric.data import Data
from torch_geometric.data.data import BaseData

from pyg_siamex.data.checked_graph import check_types


def is_graphs(X: Any) -> bool:
    """Whether X holds graphs: a data set, a list, or an array of objects.

    Args:
        X: Anything.

    Example:
        >>> is_graphs([Data(x=torch.ones(2, 1))]), is_graphs([[1.0, 2.0]])
        (True, False)
    """
    if isinstance(X, np.ndarray) and (X.ndim != 1 or X.dtype != object):
        return False
    if not isinstance(X, list | tuple | Dataset | np.ndarray) or not len(X):  # type: ignore[arg-type]
        return False
    return isinstance(X[0], BaseData)  # also of several types, which are refused by name


def graph_list(X: Any, columns: int | None = None, reader: str = "") -> list[Data]:
    """Graphs, after a check of their types and widths.

    Args:
        X: What :func:`is_graphs`.
        columns: Columns that ``x`` must have. Default: those of the first graph.
        reader: Who expects them, for the message.

    Raises:
        TypeError: If an entry is not a graph.
        ValueError: If a graph has another number of columns, or none.
    """
    graphs = [X[k] for k in range(len(X))]
    for k, graph in enumerate(graphs):
        check_types(graph, f"graph {k}")
    columns = int(graphs[0].num_node_features) if columns is None else columns
    if not columns:
        raise ValueError("graph 0 has 0 features, and at least one is needed")
    for k, graph in enumerate(graphs):
        if graph.num_node_features != columns:
            raise ValueError(
                f"X has {graph.num_node_features} features, but {reader or 'graph 0'} is expecting "
                f"{columns} features as input (graph {k})"
            )
    return graphs


def row_graphs(X: np.ndarray) -> list[Data]:
    """Graphs of one node and no edge, one for each row.

    Args:
        X: ``[n, F]`` in single precision.
    """
    none = torch.empty(2, 0, dtype=torch.long)
    return [Data(x=row, edge_index=none) for row in torch.tensor(X).split(1)]
