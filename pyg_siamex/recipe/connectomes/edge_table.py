"""Connections of all subjects side by side, for statistics and for models without graphs."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data


def edge_table(graphs: Sequence[Data]) -> np.ndarray:
    """The connections that a model sees, ``[S, R (R - 1) / 2]``; 0 where there is no edge.

    Columns go 1-2, 1-3, ..., 2-3, ..., as :func:`numpy.triu_indices` does.

    Args:
        graphs: Graphs with the same R regions, both directions of a connection as edges; or the
            graphs of :func:`~pyg_siamex.nn.roi_profiles.profile_graphs`.

    Example:
        >>> edge_table([graphs[0], graphs[1]]).shape
        (2, 780)
    """
    return np.stack([_row(data) for data in graphs])


def _row(data: Data) -> np.ndarray:
    regions = int(data.num_nodes or 0)
    if "edge_weight" in data:
        matrix = torch.zeros(regions, regions)
        matrix[data.edge_index[0], data.edge_index[1]] = data.edge_weight.float()
    else:
        matrix = data.x
    row, col = torch.triu_indices(regions, regions, 1)
    return matrix[row, col].double().numpy()


def matrix_table(matrices: Tensor) -> np.ndarray:
    """The connections of whole matrices in the order of :func:`edge_table`, ``[S, R (R - 1) / 2]``.

    Tests of raw connections read these: where each subject keeps its own strongest connections, the
    means of groups and of sessions are those of other connections.

    Args:
        matrices: ``[S, R, R]``, symmetric.

    Example:
        >>> matrix_table(torch.tensor([[[0.0, 0.5], [0.5, 0.0]]])).tolist()
        [[0.5]]
    """
    row, col = torch.triu_indices(matrices.size(1), matrices.size(1), 1)
    found: np.ndarray = matrices[:, row, col].double().numpy()
    return found


def full_matrices(table: np.ndarray) -> np.ndarray:
    """Matrices ``[S, R, R]`` of the upper triangles ``[S, E]``, with zeros on the diagonal.

    Args:
        table: A row per subject, as :func:`edge_table` has it.

    Example:
        >>> full_matrices(np.array([[0.5]])).tolist()
        [[[0.0, 0.5], [0.5, 0.0]]]
    """
    size = round((1 + (1 + 8 * table.shape[1]) ** 0.5) / 2)
    row, col = np.triu_indices(size, 1)
    out = np.zeros((len(table), size, size))
    out[:, row, col] = out[:, col, row] = table
    return out
