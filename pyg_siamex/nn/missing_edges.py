"""A graph whose edges were never set is told apart from one without edges."""

from inspect import signature

from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import MessagePassing


def check_edges_set(encoder: nn.Module, data: Data, name: str) -> None:
    """Refuse a graph without ``edge_index`` where the encoder passes messages along edges.

    A graph of one node, such as a table row, needs no edges. PyG's layers raise for
    ``edge_index=None``; a batch whose first graph lacks it has lost the edges of all the others.

    Args:
        encoder: The encoder.
        data: A graph or a batch.
        name: What it is called in messages.

    Raises:
        ValueError: If neither ``edge_index`` nor ``adj_t`` is set, and a layer needs edges.
    """
    if data.edge_index is not None or data.get("adj_t") is not None:
        return
    if data.num_nodes == (data.num_graphs if isinstance(data, Batch) else 1):
        return
    for layer in encoder.modules():
        if (
            isinstance(layer, MessagePassing)
            and "edge_index" in signature(layer.forward).parameters
        ):
            raise ValueError(
                f"{name} has no edge_index, and {type(layer).__name__} passes messages along "
                f"edges: set edge_index, [2, num_edges], without edges torch.empty(2, 0, "
                f"dtype=torch.long)"
            )
