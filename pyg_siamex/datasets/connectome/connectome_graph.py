"""One subject's connectivity matrix as a graph."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.datasets.connectome.connection_rule import ConnectionRule
from pyg_siamex.datasets.connectome.features import node_features
from pyg_siamex.datasets.connectome.on_atlas import OnAtlas

Sign = Literal["relations", "weight", "positive"]


@checked
def connectome_graph(
    matrix: Tensor,
    atlas: Atlas,
    connections: ConnectionRule,
    sign: Sign = "relations",
    features: str | Sequence[str] = "profile",
) -> Data:
    """Make a graph whose nodes are the atlas's ROIs and whose edges are the kept connections.

    Both directions of a connection are edges. The attributes of the nodes can be batched and stay
    with the graph through an explanation.

    Args:
        matrix: Connectivity, ``[R, R]`` float, symmetric, finite; the diagonal is not read.
        atlas: The R ROIs.
        connections: Which connections become edges, by absolute value.
        sign: How to treat negative connections. ``"relations"``: ``edge_weight`` is the absolute
            value and ``edge_type`` is the sign, 0 for positive and 1 for negative, as two relations
            for :class:`~torch_geometric.nn.FastRGCNConv`. ``"weight"``: ``edge_weight`` keeps the
            sign, for layers that are linear in it (:class:`~torch_geometric.nn.GraphConv`). Layers
            that normalise by degree (:class:`~torch_geometric.nn.GCNConv`) give NaN if the weights
            of a node sum to less than 0. ``"positive"``: negative connections are left out before
            ``connections`` is asked.
        features: Node features, see :func:`~pyg_siamex.datasets.connectome.features.node_features`.

    Returns:
        ``Data`` with ``x`` ``[R, F]``, ``edge_index``, ``edge_weight`` ``[E]``, ``edge_type``
        ``[E]`` (for ``"relations"``), ``feature_names`` (unless there is one per ROI), and the
        attributes that :class:`~pyg_siamex.datasets.connectome.on_atlas.OnAtlas` adds.

    Raises:
        TypeError: If the rule returns no tensor of truths.
        ValueError: If sizes differ, a connection is not finite or not symmetric, a name is unknown,
            the rule fails or chooses one direction of a connection, or the atlas lacks what the
            features need.
    """
    if sign not in get_args(Sign):
        raise ValueError(f"sign must be one of {', '.join(get_args(Sign))} (got '{sign}')")
    if matrix.shape != (len(atlas), len(atlas)):
        raise ValueError(
            f"a matrix of shape {list(matrix.shape)} does not fit atlas '{atlas.name}' with "
            f"{len(atlas)} ROIs"
        )
    matrix = matrix if matrix.is_floating_point() else matrix.float()
    matrix = matrix.clone().fill_diagonal_(0)
    _check_connections(matrix)
    edges = matrix.clamp_min(0) if sign == "positive" else matrix
    strength = edges.abs()
    keep = _kept(called("connections.keep", connections.keep, strength), strength)
    x, names = node_features(features, matrix, keep, atlas)
    edge_index = keep.nonzero().T.contiguous()  # [2, E]
    weight = edges[keep]
    data = Data(x=x, edge_index=edge_index, edge_weight=weight)
    if sign == "relations":
        data.edge_weight, data.edge_type = weight.abs(), (weight < 0).long()
    data = OnAtlas(atlas)(data)
    if len(names) != len(atlas):  # a list with one entry per node would be cut with the nodes
        data.feature_names = names
    return data


def _kept(chosen: Any, strength: Tensor) -> Tensor:
    """What a rule chose, without connections of strength 0; rules of one's own may choose wrong."""
    shape = list(strength.shape)
    told = f"`connections.keep` must return a bool tensor {shape}, symmetric"
    if not isinstance(chosen, Tensor) or chosen.dtype is not torch.bool or chosen.is_sparse:
        got = str(chosen.dtype) if isinstance(chosen, Tensor) else type(chosen).__name__
        raise TypeError(f"{told} (got {got})")
    if list(chosen.shape) != shape:
        raise ValueError(f"{told} (got shape {list(chosen.shape)})")
    if not bool((chosen == chosen.T).all()):
        row, column = (chosen != chosen.T).nonzero()[0].tolist()
        raise ValueError(f"{told} (got region {row} to region {column} in one direction alone)")
    return chosen & (strength > 0)


def _check_connections(matrix: Tensor) -> None:
    """Refuse values off the diagonal that are not finite, or differ from those back."""
    wrong = ~matrix.isfinite()
    if bool(wrong.any()):
        row, column = wrong.nonzero()[0].tolist()
        raise ValueError(
            f"`matrix` must be finite (got {float(matrix[row, column]):g} from region {row} to "
            f"region {column}, counted from 0): fill it in, or put 0 where there is no connection"
        )
    apart = ~torch.isclose(matrix, matrix.T)
    if bool(apart.any()):
        row, column = apart.nonzero()[0].tolist()
        raise ValueError(
            f"`matrix` must be symmetric (got {float(matrix[row, column]):g} from region {row} to "
            f"region {column}, counted from 0, and {float(matrix[column, row]):g} back): give "
            f"(matrix + matrix.T) / 2, or one triangle twice"
        )
