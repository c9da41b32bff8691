"""Build a Siamese model from plain values, so that loading a checkpoint runs no code."""

import inspect
import logging
from collections.abc import Mapping
from typing import Any

from torch import nn
from torch_geometric.nn import (
    GAT,
    GCN,
    GIN,
    EdgeCNN,
    EdgeConv,
    GATConv,
    GCNConv,
    GINConv,
    GINEConv,
    GraphConv,
    GraphSAGE,
    SAGEConv,
)
from torch_geometric.nn.models.basic_gnn import BasicGNN

from pyg_siamex._door import check_arguments, checked
from pyg_siamex._visible import in_one_line
from pyg_siamex.data.plain_json import plain
from pyg_siamex.nn.basic_arguments import check_basic
from pyg_siamex.nn.gine import GINE
from pyg_siamex.nn.higher_order import HigherOrderConv, HigherOrderGCN
from pyg_siamex.nn.mixing_norms import norm_that_mixes
from pyg_siamex.nn.on_meta import check_size
from pyg_siamex.nn.population_gcn import PopulationGCN
from pyg_siamex.nn.roi_gcn import RoiGCN
from pyg_siamex.nn.roi_readout import RoiConcat, RoiReadout
from pyg_siamex.nn.roi_similarity import RoiSimilarity
from pyg_siamex.nn.siamese import Biases, SiameseGNN
from pyg_siamex.nn.signature import unexpected
from pyg_siamex.nn.weighted_gcn import WeightedGCN
from pyg_siamex.nn.weighted_gin import WeightedGIN

_logger = logging.getLogger(__name__)

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

    A normalisation inside the layers of GIN, WeightedGIN and EdgeCNN that is computed over the
    nodes of a graph is computed over a whole batch there, in ``model(batch)`` and in training; a
    warning is logged. ``norm="batch_norm"`` mixes no graphs in evaluation mode.

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
        TypeError: If an argument is missing, unknown or of another kind.
        ValueError: If a name is unknown, a size is out of range, or the model has too many layers
            or does not fit into the memory that is free.

    Example:
        >>> readout = dict(name="RoiReadout", num_rois=68, in_channels=68, out_channels=64)
        >>> model = build_siamese("RoiGCN", pool=readout, num_rois=68)
    """
    model = built_siamese(encoder, pool, similarity, biases, **arguments)
    mixing = norm_that_mixes(model.encoder)
    if mixing is not None:
        _logger.warning(
            "norm=%r is inside the layers of %s, where it mixes the graphs of a batch: "
            "model(batch) and training differ from the graphs one by one; batch_norm does not, in "
            "evaluation mode",
            arguments.get("norm", mixing),
            encoder,
        )
    return model


@checked
def built_siamese(
    encoder: str,
    pool: _Plain | None = "mean",
    similarity: _Plain = "cosine",
    biases: Biases = "apart",
    **arguments: Any,
) -> SiameseGNN:
    """The model of :func:`build_siamese`, as files describe it; nothing is logged.

    Args:
        encoder: As for :func:`build_siamese`.
        pool: As for :func:`build_siamese`.
        similarity: As for :func:`build_siamese`.
        biases: As for :func:`build_siamese`.
        **arguments: As for :func:`build_siamese`.

    Raises:
        TypeError: As for :func:`build_siamese`.
        ValueError: As for :func:`build_siamese`.
    """
    encoders = {**ENCODERS, **ROI_ENCODERS}
    if encoder not in encoders:
        raise ValueError(f"encoder must be one of {', '.join(encoders)} (got '{encoder}')")

    check_arguments(encoders[encoder], arguments)
    if encoder in ENCODERS:
        _check_basic(encoder, arguments)
    arguments = {name: plain(name, value) for name, value in arguments.items()}
    pool, similarity = plain("pool", pool), plain("similarity", similarity)

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
    except (TypeError, AttributeError, ArithmeticError, LookupError, ValueError) as error:
        name = _not_taken(error)
        if name in arguments:
            raise TypeError(f"{encoder} has no argument '{name}'") from error
        if isinstance(error, ValueError):
            raise
        raise TypeError(
            f"{encoder} cannot be built of {', '.join(arguments)}: {in_one_line(str(error), 200)}"
        ) from error
    parts = {"encoder": encoder, "pool": pool, "similarity": similarity, "biases": biases}
    model.config = {**parts, **arguments}
    return model


_SIZES = ("in_channels", "hidden_channels", "num_layers")
_LAYERS: dict[str, type[nn.Module]] = {
    "GCN": GCNConv,
    "GIN": GINConv,
    "GINE": GINEConv,
    "GraphSAGE": SAGEConv,
    "GAT": GATConv,
    "EdgeCNN": EdgeConv,
    "WeightedGCN": GraphConv,
    "WeightedGIN": GINConv,
    "HigherOrderGCN": HigherOrderConv,
}
"""Layers of the encoders of any graph, which get further arguments."""


def _check_basic(encoder: str, arguments: Mapping[str, Any]) -> None:
    """Refuse arguments of another kind or size than the encoder and its layers take."""
    lacking = [name for name in _SIZES if name not in arguments]
    if lacking:
        raise TypeError(f"{encoder} needs {', '.join(_SIZES)} (without {', '.join(lacking)})")
    check_basic(arguments)
    _check_aggr(encoder, arguments)
    own = inspect.signature(BasicGNN.__init__).parameters
    further = {name: value for name, value in arguments.items() if name not in own}
    check_arguments(_LAYERS[encoder], further)


def _check_aggr(encoder: str, arguments: Mapping[str, Any]) -> None:
    """Refuse aggregations whose result has another width than the layer."""
    if "aggr" not in arguments:
        return
    aggr = arguments["aggr"]
    if aggr is None:
        raise TypeError("aggr must be the name of an aggregation, such as 'mean' (got None)")
    if isinstance(aggr, list | tuple) and encoder != "GraphSAGE":
        raise TypeError(
            f"aggr of {encoder} must be one name, such as 'mean' (got {list(aggr)}): only the "
            f"layers of GraphSAGE take several"
        )


def _not_taken(error: BaseException | None) -> str:
    """Name of the argument that a layer did not take, or an empty string."""
    while error is not None:
        if isinstance(error, TypeError) and unexpected(error):
            return unexpected(error)
        error = error.__cause__
    return ""


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
