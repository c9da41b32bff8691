"""Normalisations inside of layers, which do not know the graphs of a batch."""

from torch import nn
from torch_geometric.nn import MLP, GraphNorm, InstanceNorm, LayerNorm, PairNorm


def norm_that_mixes(encoder: nn.Module) -> str | None:
    """Name of a normalisation of an encoder that mixes the graphs of a batch, or ``None``.

    The networks inside of layers are called without the graph of each node, so that what is
    computed over the nodes of a graph is computed over all of them.

    Args:
        encoder: An encoder of PyG's basic models.

    Example:
        >>> from torch_geometric.nn import GIN
        >>> norm_that_mixes(GIN(5, 4, 2, norm="graph_norm"))
        'GraphNorm'
    """
    networks = [module for module in encoder.modules() if isinstance(module, MLP)]
    found = (norm for network in networks for norm in network.norms if _over_nodes(norm))
    first = next(found, None)
    return None if first is None else type(first).__name__


def _over_nodes(norm: nn.Module) -> bool:
    """Whether it is computed over the nodes that it is given."""
    if isinstance(norm, InstanceNorm):
        return not norm.track_running_stats
    if isinstance(norm, LayerNorm):
        return bool(norm.mode == "graph")
    return isinstance(norm, GraphNorm | PairNorm)
