"""Which connections make two scans of one person alike, by a model."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.metric.edge_evidence import edge_evidence
from pyg_siamex.nn.siamese import SiameseGNN


def likeness_evidence(
    model: SiameseGNN,
    first: Tensor,
    second: Tensor,
    graph_of: Callable[[Tensor], Data],
) -> np.ndarray:
    r"""What each connection adds to the likeness of a person's two scans.

    By how much more alike the person's other scan is to one scan than the average of that session
    is, split over connections by
    :func:`~pyg_siamex.metric.edge_evidence.edge_evidence`; the mean of both directions.

    Args:
        model: The model that reads the graphs; it stays as it is.
        first: Matrices of the first session, ``[n, R, R]``.
        second: Matrices of the second session of the same persons, ``[n, R, R]``.
        graph_of: A graph whose inputs are differentiable in the matrix.

    Returns:
        ``[n, R (R - 1) / 2]``, in the order of :func:`numpy.triu_indices`: above 0 where a
        connection makes the person's scans more alike than the average is.
    """
    both: np.ndarray = (
        _towards(model, first, second, graph_of) + _towards(model, second, first, graph_of)
    ) / 2
    return both


def _towards(
    model: SiameseGNN, own: Tensor, other: Tensor, graph_of: Callable[[Tensor], Data]
) -> np.ndarray:
    """What makes each other scan like the person's own."""
    middle = other.mean(0)
    with torch.no_grad():
        h = torch.cat([model.encode(model.inputs_of([graph_of(matrix)])) for matrix in own])
    rows = [
        edge_evidence(model, other[k : k + 1], middle, [h[k : k + 1]], graph_of)[0, 0]
        for k in range(len(own))
    ]
    return np.stack(rows)
