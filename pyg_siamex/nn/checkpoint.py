"""Models as files: weights in safetensors, everything else as JSON in the file's header."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch_geometric.nn import Aggregation

from pyg_siamex._door import checked
from pyg_siamex.data.plain_json import from_json, to_json
from pyg_siamex.data.sealed_file import Sealed, SealedFormat
from pyg_siamex.nn.described import built, check_description
from pyg_siamex.nn.device import check_filled, check_initialised
from pyg_siamex.nn.kept_invariance import KeptInvariance
from pyg_siamex.nn.own_parts import OWN, EncoderOf, OtherEncoderError, describe, rebuilt
from pyg_siamex.nn.references import References
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Similarity
from pyg_siamex.nn.weights_misfit import Shapes

_FORMAT = SealedFormat("model", version=2, again="train it again")
_REFERENCES, _INVARIANCE = "references", "invariance"
_PRIOR, _SHIFT = "calibration.prior", "calibration.shift"


@checked
def save_model(model: SiameseGNN, path: str | Path, **metadata: Any) -> None:
    """Write a model to a file without code.

    A model that :func:`~pyg_siamex.nn.build_siamese` built is described in the file. Of an encoder,
    readout or head of your own the file holds the weights, and :func:`load_model` is given the
    module again. The file appears complete or not at all. It also holds the embeddings of the
    model's references and the invariance that it keeps.

    Args:
        model: The model.
        path: The file to write; replaced if it exists.
        **metadata: Plain values to save with the model, such as the settings of the features.

    Raises:
        ValueError: If a weight is not finite, or has no value.
        TypeError: If it is no :class:`SiameseGNN` but, for example, two towers.
    """
    if type(model) is not SiameseGNN:
        raise TypeError(
            f"save_model writes a SiameseGNN (got {type(model).__name__}): save its state_dict() "
            f"with torch.save instead"
        )
    check_initialised(model)
    check_filled(model)
    known = describe(model) if model.config is None else {**model.config, "biases": model.biases}
    header = {
        "config": json.dumps(known),
        "metadata": to_json("metadata", metadata),
    }
    tensors = dict(model.state_dict())
    _check_finite(tensors)
    if model.references is not None:
        tensors[_REFERENCES] = model.references.embeddings
        header[_REFERENCES] = json.dumps([model.references.num_edges, model.references.fingerprint])
    if model.invariance is not None:
        found, header[_INVARIANCE] = model.invariance.parts()
        tensors |= found
    _FORMAT.write(path, tensors, header)


@checked
def load_model(
    path: str | Path,
    encoder: EncoderOf | None = None,
    *,
    pool: Aggregation | None = None,
    similarity: Similarity | None = None,
) -> tuple[SiameseGNN, dict[str, Any]]:
    """Read a model and its metadata; runs no code from the file.

    The description of the model is compared with the stored weights before memory is taken, and
    the content of the file with its digest. Files of version 1 have no digest.

    Args:
        path: The file.
        encoder: Of a model with an encoder of your own, the encoder again, whose weights are
            replaced, or a function of the metadata that makes it.
        pool: Its readout, if that was a module.
        similarity: Its head, if that was a module.

    Returns:
        The model in evaluation mode, and the metadata.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file does not hold a model of this library, its weights do not fit its
            description, or it has changed since it was written.
        OtherEncoderError: If an encoder of your own is missing, or of another class, or has other
            weights, or its function fails. A warning tells where modules print themselves
            differently, or keep another activation or another plain argument; other arguments
            cannot be compared.

    Example:
        >>> from torch_geometric.nn import GIN
        >>> own = SiameseGNN(GIN(3, 8, 2), pool="add")
        >>> save_model(own, "own.siamex", encoder=dict(in_channels=3, hidden_channels=8))
        >>> again, _ = load_model("own.siamex", GIN(3, 8, 2))
        >>> def encoder_of(metadata):
        ...     return GIN(num_layers=2, **metadata["encoder"])
        >>> again, _ = load_model("own.siamex", encoder_of)
    """
    with _FORMAT.opened(path) as sealed, torch.random.fork_rng(devices=[]):
        config = from_json(sealed.header["config"], dict)
        metadata = from_json(sealed.header["metadata"], dict)
        weights = _weights(sealed)
        try:
            if OWN in config:
                model = rebuilt(config, weights, metadata, encoder, pool, similarity)
            else:
                _check_left_out(encoder, pool, similarity)
                check_description(config, weights)
                model = built(config, weights)
        except OtherEncoderError as error:
            raise OtherEncoderError(f"{path}: {error}") from error.__cause__
        tensors = sealed.tensors()
        references = _references(sealed, tensors)
        if _INVARIANCE in sealed.header:
            rest = sealed.header[_INVARIANCE]
            model.invariance = KeptInvariance.from_parts(tensors, rest, str(path))
        _check_finite(tensors)
        _check_all_used(tensors, weights)
        model.load_state_dict(tensors)
        model.references = references
    return model.eval(), metadata


def _check_left_out(*parts: Any) -> None:
    if any(part is not None for part in parts):
        raise OtherEncoderError("the file says how its model is built: give the path alone")


def _weights(sealed: Sealed) -> Shapes:
    """Shapes of the model's own weights; older files have no prior of the calibration."""
    others = (f"{_INVARIANCE}.", f"{_REFERENCES}.")
    found = {
        name: shape
        for name, shape in sealed.shapes().items()
        if name != _REFERENCES and not name.startswith(others)
    }
    if _SHIFT in found:
        found.setdefault(_PRIOR, found[_SHIFT])
    return found


def _check_all_used(tensors: dict[str, Tensor], weights: Shapes) -> None:
    """Refuse an invariance that leaves a part of itself, or takes one of the weights."""
    odd = (tensors.keys() ^ weights.keys()) - {_PRIOR}
    if odd:
        raise ValueError(f"its invariance is not described as it is stored ('{min(odd)[:80]}')")


def _references(sealed: Sealed, tensors: dict[str, Tensor]) -> References | None:
    embeddings = tensors.pop(_REFERENCES, None)
    if embeddings is None:
        return None
    described = from_json(sealed.header[_REFERENCES], list)
    if len(described) != 2:
        raise ValueError(f"its references are described by {len(described)} values, and not by 2")
    num_edges, fingerprint = described
    if embeddings.dim() != 2 or not embeddings.is_floating_point():
        raise ValueError(f"its references are {list(embeddings.shape)} of {embeddings.dtype}")
    _check_finite({_REFERENCES: embeddings})
    if not isinstance(num_edges, int | float) or not isinstance(fingerprint, str):
        raise ValueError("its references are described by other values than a number and a text")
    return References(embeddings, num_edges, fingerprint)


def _check_finite(tensors: dict[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise ValueError(
                f"the weights '{name}' are not finite: train again with a lower learning rate, or "
                f"without extreme values in the data"
            )
