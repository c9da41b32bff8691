"""Build a Siamese model from plain values, so that a checkpoint needs no code to be trusted."""

from typing import Any

from torch import nn
from torch_geometric.nn import GAT, GCN, GIN, EdgeCNN, GraphSAGE

from pyg_siamex.nn.gine import GINE
from pyg_siamex.nn.siamese import SiameseGNN

ENCODERS: dict[str, type[nn.Module]] = {
    cls.__name__: cls for cls in (GCN, GIN, GINE, GraphSAGE, GAT, EdgeCNN)
}


def build_siamese(
    encoder: str, pool: str = "mean", similarity: str = "cosine", **arguments: Any
) -> SiameseGNN:
    """Build a model that :func:`save_model` can write.

    Args:
        encoder: ``"GCN"``, ``"GIN"``, ``"GINE"``, ``"GraphSAGE"``, ``"GAT"`` or ``"EdgeCNN"``.
        pool: Name of the readout.
        similarity: Name of the head.
        **arguments: Of the encoder, plain values: ``in_channels``, ``hidden_channels``,
            ``num_layers``, ...

    Raises:
        ValueError: If a name is unknown.
    """
    if encoder not in ENCODERS:
        raise ValueError(f"encoder must be one of {', '.join(ENCODERS)} (got '{encoder}')")
    model = SiameseGNN(ENCODERS[encoder](**arguments), pool, similarity)
    model.config = {"encoder": encoder, "pool": pool, "similarity": similarity, **arguments}
    return model
