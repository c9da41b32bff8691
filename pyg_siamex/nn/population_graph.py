"""Build one graph of regions for a whole population of subjects."""

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._door import checked

_AXES = 3
"""Coordinates of a place, at most."""


@checked
def nearest_regions(positions: Tensor, k: int = 10) -> tuple[Tensor, Tensor]:
    r"""Connect each region to its k nearest ones in space (Ktena et al., NeuroImage 2018).

    .. math:: W_{ij} = \exp(-d_{ij}^2 / \bar d_k^2)

    with :math:`\bar d_k` the mean distance to the k-th neighbour; regions are neighbours if either
    is among the other's k nearest.

    Args:
        positions: Coordinates, ``[R, 3]``, any unit.
        k: Neighbours of each region, 1 to R - 1.

    Returns:
        ``edge_index`` ``[2, E]``, both directions, and ``edge_weight`` ``[E]`` in (0, 1].

    Raises:
        ValueError: If positions are no rows, ``k`` is out of range, a position is not finite or
            all are the same.
    """
    if positions.dim() != 2 or not 1 <= positions.size(1) <= _AXES:
        turned = ": give positions.T" if positions.dim() == 2 and len(positions) == _AXES else ""
        raise ValueError(f"positions must be [R, 3] (got {list(positions.shape)}){turned}")
    positions = positions.detach().cpu()
    _check_neighbours(k, len(positions))
    if not torch.isfinite(positions).all():
        raise ValueError("positions hold NaN or infinite values: every region needs a place")
    from sklearn.neighbors import kneighbors_graph

    distance = kneighbors_graph(as_array(positions.double()), k, mode="distance").toarray()
    near = kneighbors_graph(as_array(positions.double()), k).toarray() > 0
    width = distance.max(1).mean()
    if width == 0:
        raise ValueError("all regions are in one place: give their coordinates")
    return _edges(np.where(near, np.exp(-((distance / width) ** 2)), 0.0))


@checked
def strongest_regions(connectivity: Tensor, k: int = 10) -> tuple[Tensor, Tensor]:
    """Connect each region to the k regions it is most strongly connected to on average.

    The graph is computed from subjects, so use only training subjects.

    Args:
        connectivity: Matrices of subjects, ``[S, R, R]``, or their mean, ``[R, R]``; symmetric.
            Regions with a negative or zero mean are not connected.
        k: Neighbours of each region, 1 to R - 1.

    Returns:
        ``edge_index`` ``[2, E]``, both directions, and ``edge_weight`` ``[E]``, the mean
        connectivity.

    Raises:
        ValueError: If ``k`` is out of range or the matrices are not square, symmetric, and finite
            in single precision.
    """
    connectivity = connectivity.detach().cpu()
    mean = connectivity.double().mean(0) if connectivity.dim() == 3 else connectivity.double()
    if mean.dim() != 2 or mean.size(0) != mean.size(1):
        raise ValueError(
            f"connectivity must be [subjects, R, R] or [R, R] (got {list(connectivity.shape)})"
        )
    if not torch.isfinite(mean.float()).all():
        raise ValueError("connectivity must be finite, and below 3.4e38 in magnitude")
    _check_neighbours(k, len(mean))
    if not torch.allclose(mean, mean.T, rtol=0, atol=1e-4 * float(mean.abs().max())):
        raise ValueError(
            "connectivity must be symmetric: give the mean of each matrix and its transpose"
        )
    mean = mean.clone().fill_diagonal_(0).clamp_min(0)
    keep = torch.zeros_like(mean).scatter_(1, mean.topk(k, dim=1).indices, 1)
    return _edges(as_array(mean * keep))


def _check_neighbours(k: int, regions: int) -> None:
    if not 1 <= k < regions:
        raise ValueError(f"k must be from 1 to {regions - 1} for {regions} regions (got {k})")


def _edges(weight: np.ndarray) -> tuple[Tensor, Tensor]:
    weight = np.maximum(weight, weight.T)
    row, col = weight.nonzero()
    edges = torch.from_numpy(np.stack([row, col])).long()
    return edges, torch.from_numpy(weight[row, col]).float()
