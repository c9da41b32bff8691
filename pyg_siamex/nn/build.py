"""Build a Siamese model from plain values, so that loading a checkpoint runs no code."""

from collections.abc import Mapping
from typing import Any

from torch import nn
from torch_geometric.nn import GAT, GCN, GIN, EdgeCNN, GraphSAGE

from pyg_siamex._door import check_arguments, checked
from pyg_siamex._visible import in_one_line
from pyg_siamex.nn.gine import GINE
from pyg_siamex.nn.higher_order import HigherOrderGCN
from pyg_siamex.nn.on_meta import check_size
from pyg_siamex.nn.population_gcn import PopulationGCN
from pyg_siamex.nn.roi_gcn import RoiGCN
from pyg_siamex.nn.roi_readout import RoiConcat, RoiReadout
from pyg_siamex.nn.roi_similarity import RoiSimilarity
from pyg_siamex.nn.siamese import Biases, SiameseGNN
from pyg_siamex.nn.weighted_gcn import WeightedGCN
from pyg_siamex.nn.weighted_gin import WeightedGIN

_Plain = str | Mapping[str, Any]
_Classes = dict[str, type[nn.Module]]

ENCODERS: _Classes = {
    cls.__name__: cls
    for cls in (
        *(GCN, GIN, GINE, GraphSAGE, GAT, EdgeCNN),
        *(WeightedGCN, WeightedGIN, HigherOrderGCN),
    )
}
"""Encoders of any graph, built from ``in_channels``, ``hidden_channels`` and ``num_layers``."""

ROI_ENCODERS: _Classes = {cls.__name__: cls for cls in (RoiGCN, PopulationGCN)}
"""Encoders of graphs that share their nodes, built from ``num_rois`` and further arguments."""

_READOUTS: _Classes = {cls.__name__: cls for cls in (RoiConcat, RoiReadout)}
"""Readouts with arguments."""

_HEADS: _Classes = {cls.__name__: cls for cls in (RoiSimilarity,)}
"""Similarity heads with arguments."""


@checked
def build_siamese(
    encoder: str,
    pool: _Plain | None = "mean",
    similarity: _Plain = "cosine",
    biases: Biases = "apart",
    **arguments: Any,
) -> SiameseGNN:
    """Build a model that :func:`save_model` can write.

    Args:
        encoder: ``"GCN"``, ``"GIN"``, ``"GINE"``, ``"GraphSAGE"``, ``"GAT"``, ``"EdgeCNN"``,
            ``"WeightedGCN"``, ``"WeightedGIN"``, ``"HigherOrderGCN"``, or, for graphs that share
            their nodes, ``"RoiGCN"`` or ``"PopulationGCN"``.
        pool: Name of the readout, or a dict with the ``name`` of a readout that takes arguments
            (``"RoiConcat"``, ``"RoiReadout"``) and these arguments.
        similarity: Name of the head, or such a dict (``"RoiSimilarity"``).
        biases: ``"nodes"`` or ``"apart"``, see :class:`SiameseGNN`.
        **arguments: Arguments of the encoder as plain values: ``in_channels``,
            ``hidden_channels``, ``num_layers``, ...

    Raises:
        ValueError: If a name is unknown, or the model has too many layers or does not fit into the
            memory that is free.

    Example:
        >>> readout = dict(name="RoiReadout", num_rois=68, in_channels=68, out_channels=64)
        >>> model = build_siamese("RoiGCN", pool=readout, num_rois=68)
    """
    encoders = {**ENCODERS, **ROI_ENCODERS}
    if encoder not in encoders:
        raise ValueError(f"encoder must be one of {', '.join(encoders)} (got '{encoder}')")

    check_arguments(encoders[encoder], arguments)

    def built() -> SiameseGNN:
        return SiameseGNN(
            _encoder(encoders[encoder], arguments),
            _made("pool", pool, _READOUTS),
            _made("similarity", similarity, _HEADS),
            biases,
        )

    try:
        check_size(built)
        model = built()
    except (TypeError, AttributeError, ArithmeticError, LookupError) as error:
        raise TypeError(
            f"{encoder} cannot be built of {', '.join(arguments)}: {in_one_line(str(error), 200)}"
        ) from error
    parts = {"encoder": encoder, "pool": pool, "similarity": similarity, "biases": biases}
    model.config = {**parts, **arguments}
    return model


def _encoder(kind: type[nn.Module], arguments: dict[str, Any]) -> nn.Module:
    try:
        return kind(**arguments)
    except (AssertionError, ValueError) as error:
        told = in_one_line(str(error), 300)
        names = ", ".join(arguments)
        raise ValueError(f"{kind.__name__} cannot be built of {names}: {told}") from error


def _made(role: str, value: _Plain | None, classes: _Classes) -> Any:
    """``value``, or the module that its dict describes."""
    if not isinstance(value, Mapping):
        return value
    arguments = dict(value)
    name = arguments.pop("name", None)
    if name not in classes:
        raise ValueError(f"{role} as a dict needs a name among {', '.join(classes)} (got {name!r})")
    return classes[name](**arguments)
