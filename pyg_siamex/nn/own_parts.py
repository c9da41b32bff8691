"""Models with an encoder of one's own in files: their weights, and what must be given again."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn
from torch_geometric.nn import Aggregation

from pyg_siamex._called import called
from pyg_siamex.data.sealed_file import SealedFileError
from pyg_siamex.nn.described import in_precision
from pyg_siamex.nn.module_settings import module_settings, settings_misfit
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Similarity
from pyg_siamex.nn.weights_misfit import Shapes, weights_misfit

EncoderOf = nn.Module | Callable[[dict[str, Any]], nn.Module]
"""An encoder, or a function that makes one of the metadata of a file."""

OWN = "own"
"""Key of the description of such a model."""


class OtherEncoderError(SealedFileError):
    """The parts that were given are not those whose weights a file holds."""


def describe(model: SiameseGNN) -> dict[str, Any]:
    """What a file says of a model that was built by hand, as plain values.

    Args:
        model: The model.
    """
    parts = {role: _described(model, role) for role in ("pool", "similarity")}
    encoder = {"class": type(model.encoder).__name__}
    return {
        OWN: {"encoder": encoder, **parts},
        "structure": repr(model),
        "biases": model.biases,
        "settings": module_settings(model),
    }


def rebuilt(
    description: Mapping[str, Any],
    shapes: Shapes,
    metadata: dict[str, Any],
    encoder: EncoderOf | None,
    pool: Aggregation | None,
    similarity: Similarity | None,
) -> SiameseGNN:
    """The model of a file around the encoder that is given again, without its weights yet.

    Args:
        description: What :func:`describe` gave.
        shapes: Type and shape of each weight of the file by name.
        metadata: The metadata of the file.
        encoder: The encoder, or a function of the metadata.
        pool: The readout, if it had no name.
        similarity: The head, if it had no name.

    Raises:
        OtherEncoderError: If a part is missing, of another class, or has other weights, or the
            function fails.
    """
    own = description[OWN]
    built = isinstance(encoder, nn.Module) or encoder is None
    made = encoder if built else _made(encoder, metadata)
    parts = {
        role: _part(role, own[role], given)
        for role, given in (("encoder", made), ("pool", pool), ("similarity", similarity))
    }
    model = SiameseGNN(**parts, biases=description["biases"])
    if wrong := weights_misfit(model.state_dict(), shapes, "the model that was given"):
        raise OtherEncoderError(wrong)
    if repr(model) != description["structure"]:
        warnings.warn(
            f"the model was saved with another structure; {_difference(description, model)}: its "
            f"similarities may differ",
            stacklevel=3,
        )
    elif wrong := settings_misfit(description.get("settings", {}), module_settings(model)):
        warnings.warn(
            f"the model was saved with other arguments; {wrong}: its similarities may differ",
            stacklevel=3,
        )
    return in_precision(model, shapes)


def _made(encoder: Any, metadata: dict[str, Any]) -> nn.Module:
    """What a function of the metadata makes; the file is not to blame where it fails."""
    try:
        made: nn.Module = called("encoder", encoder, metadata)
    except ValueError as error:
        hint = ""
        if isinstance(encoder, type):
            name = encoder.__name__
            hint = f"; it is the class {name}: give an encoder, {name}(...)"
        raise OtherEncoderError(f"{error}{hint}") from error.__cause__
    return made


def _described(model: SiameseGNN, role: str) -> dict[str, Any]:
    """A readout or a head by its name, or by its class alone."""
    module = getattr(model, role)
    named: Mapping[str, Any] = getattr(model, "named_parts", {})
    if role in named:
        with torch.random.fork_rng():
            again = getattr(SiameseGNN(model.encoder, **{role: named[role]}), role)
        if repr(again) == repr(module):  # it is still the one that was given
            return {"name": named[role]}
    return {"class": type(module).__name__}


def _part(role: str, described: Mapping[str, Any], given: Any) -> Any:
    if "name" in described:
        if given is not None:
            raise OtherEncoderError(
                f"the file names its {role}, '{described['name']}': leave it out"
            )
        return described["name"]
    wanted = described["class"]
    if given is None:
        raise OtherEncoderError(
            f"the file holds the weights of your own {role}, {wanted}: give it again, "
            f"load_model(path, {role}={wanted}(...))"
        )
    if type(given).__name__ != wanted:
        raise OtherEncoderError(
            f"the file holds the weights of {role} {wanted}, and {type(given).__name__} was given"
        )
    return given


def _difference(description: Mapping[str, Any], model: SiameseGNN) -> str:
    """The first line in which two structures differ."""
    before, now = str(description["structure"]).split("\n"), repr(model).split("\n")
    for old, new in zip(before, now, strict=False):
        if old != new:
            return f"'{old.strip()}' is '{new.strip()}' now"
    return f"{len(before)} lines are {len(now)} now"
