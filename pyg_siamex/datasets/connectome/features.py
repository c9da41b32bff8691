"""Node features of a connectome."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from pyg_siamex._once import check_once
from pyg_siamex.datasets.connectome.atlas import Atlas

_Features = tuple[Tensor, list[str]]


def _connectivity_profile(matrix: Tensor, keep: Tensor, atlas: Atlas) -> _Features:
    """Row of each ROI in the whole matrix, with all connections, ``[R, R]``.

    These features contain every connection. A model may then ignore the edges, and an edge mask
    does not show what the model used.
    """
    return matrix, [f"to {name}" for name in atlas.names]


def identity(matrix: Tensor, keep: Tensor, atlas: Atlas) -> _Features:
    """One-hot number of the ROI, ``[R, R]``; only the edges tell subjects apart."""
    return torch.eye(len(matrix)), [f"is {name}" for name in atlas.names]


def network(matrix: Tensor, keep: Tensor, atlas: Atlas) -> _Features:
    """One-hot network of the ROI, ``[R, networks]``, a coarser :func:`identity`."""
    names = atlas.network_names
    columns = torch.nn.functional.one_hot(atlas.network_index, len(names))
    return columns.float(), [f"in {name}" for name in names]


def coordinates(matrix: Tensor, keep: Tensor, atlas: Atlas) -> _Features:
    """MNI coordinates in units of 100 mm, ``[R, 3]``: left to right, back to front, upwards."""
    return atlas.required_coordinates() / 100, ["x / 100 mm", "y / 100 mm", "z / 100 mm"]


def _local_measures(matrix: Tensor, keep: Tensor, atlas: Atlas) -> _Features:
    r"""Degree, strength and clustering of each ROI in the thresholded graph, ``[R, 3]``.

    Degree :math:`k_i / (R - 1)`; strength :math:`\sum_j w_{ij} / (R - 1)` with the weights' signs;
    clustering :math:`t_i / (k_i (k_i - 1) / 2)`, the share of neighbours that are connected,
    0 below two neighbours (Rubinov and Sporns, NeuroImage 2010).
    """
    a = keep.to(matrix.dtype)
    degree = a.sum(1)
    strength = (matrix * a).sum(1)
    triangles = ((a @ a) * a).sum(1)
    clustering = triangles / (degree * (degree - 1)).clamp_min(1)
    others = max(len(matrix) - 1, 1)
    columns = torch.stack([degree / others, strength / others, clustering], dim=1)
    return columns, ["degree", "strength", "clustering"]


FEATURES: dict[str, Callable[[Tensor, Tensor, Atlas], _Features]] = {
    "profile": _connectivity_profile,
    "identity": identity,
    "network": network,
    "local": _local_measures,
    "coordinates": coordinates,
}
"""Node features by name."""


def node_features(
    choice: str | Sequence[str], matrix: Tensor, keep: Tensor, atlas: Atlas
) -> _Features:
    """Features of the ROIs of one subject and the names of their columns.

    Args:
        choice: One or several names of :data:`FEATURES`. Several are concatenated.
        matrix: Connectivity, ``[R, R]``, symmetric, zeros on the diagonal.
        keep: Which connections are edges, bool ``[R, R]``.
        atlas: The ROIs.

    Returns:
        ``[R, F]`` float, and F names.

    Raises:
        ValueError: If a name is unknown or twice, or the atlas lacks what it needs.
    """
    chosen = [choice] if isinstance(choice, str) else list(choice)
    unknown = [name for name in chosen if name not in FEATURES]
    if unknown or not chosen:
        raise ValueError(f"features must be among {', '.join(FEATURES)} (got {choice!r})")
    check_once("features", chosen)
    parts = [FEATURES[name](matrix, keep, atlas) for name in chosen]
    return torch.cat([x.to(matrix.dtype) for x, _ in parts], dim=1), [
        name for _, names in parts for name in names
    ]
