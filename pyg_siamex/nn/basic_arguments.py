"""Arguments of PyG's basic models and of their layers, checked before they are built."""

from collections.abc import Mapping
from typing import Any

from torch_geometric.nn.resolver import normalization_resolver

from pyg_siamex._given import either
from pyg_siamex._numbers import real, shown, whole

_JUMPS = ("last", "cat", "max", "lstm")
_NORMS = ("batch_norm", "layer_norm", "instance_norm", "graph_norm", "pair_norm")
"""Normalisations that need nothing but the number of channels."""


def check_basic(given: Mapping[str, Any], most_layers: int | None = None) -> None:
    """Refuse sizes that no encoder has; PyG builds one of no layers, or without channels.

    Args:
        given: Arguments of the encoder by name.
        most_layers: Largest number of layers. Default: what the memory holds.

    Raises:
        TypeError: If a size is not a whole number, or ``act`` is a class.
        ValueError: If a size is out of range, ``jk`` is unknown, ``norm`` cannot be built, or the
            options of ``act`` or ``norm`` are without it.

    Example:
        >>> check_basic({"in_channels": 9, "hidden_channels": 64, "num_layers": 3, "jk": "cat"})
    """
    if whole("in_channels", given["in_channels"], -1) == 0:
        raise ValueError("in_channels must be at least 1, or -1 for the width of the first graph")
    whole("hidden_channels", given["hidden_channels"])
    layers = given["num_layers"]
    whole("num_layers", layers, most=most_layers, why="each has weights of its own")
    for name in ("out_channels", "edge_dim"):
        if given.get(name) is not None:
            whole(name, given[name])
    if "heads" in given:
        whole("heads", given["heads"])
    jump = given.get("jk")
    if jump is not None and jump not in _JUMPS:
        raise ValueError(f"jk must be None or one of {', '.join(_JUMPS)} (got {shown(jump)})")
    if "dropout" in given:
        real("`dropout`", given["dropout"], "[0, 1]")
    _check_act(given.get("act"))
    for name, value in (("act", given.get("act", "relu")), ("norm", given.get("norm"))):
        if value is None and given.get(f"{name}_kwargs"):
            raise ValueError(
                f"{name}_kwargs has no effect without {name}: name it, or leave it out"
            )
    _check_norm(given.get("norm"), either(given.get("norm_kwargs"), {}))


def _check_act(act: Any) -> None:
    """Refuse the class of an activation, which PyG would call with embeddings."""
    if isinstance(act, type):
        raise TypeError(f"act is the class {act.__name__}: give its name, '{act.__name__}'")


def _check_norm(norm: Any, options: Any) -> None:
    """Refuse the name of a normalisation that is unknown, or needs more than channels."""
    if not isinstance(norm, str) or not isinstance(options, Mapping):
        return
    try:
        normalization_resolver(norm, 4, **options)
    except Exception as error:  # of another library's constructors
        with_options = f" with norm_kwargs={dict(options)}" if options else ""
        raise ValueError(
            f"norm='{norm:.40}' cannot be built{with_options}: the norms that can be built of "
            f"channels alone are {', '.join(_NORMS)}"
        ) from error
