"""Arguments of PyG's basic models and of their layers, checked before they are built."""

from collections.abc import Mapping
from typing import Any

from pyg_siamex._numbers import shown, whole

_JUMPS = ("last", "cat", "max", "lstm")


def check_basic(given: Mapping[str, Any], most_layers: int | None = None) -> None:
    """Refuse sizes that no encoder has; PyG builds one of no layers, or without channels.

    Args:
        given: Arguments of the encoder by name.
        most_layers: Largest number of layers. Default: what the memory holds.

    Raises:
        TypeError: If a size is no whole number.
        ValueError: If a size is out of range, or ``jk`` is unknown.

    Example:
        >>> check_basic({"in_channels": 9, "hidden_channels": 64, "num_layers": 3, "jk": "cat"})
    """
    whole("in_channels", given["in_channels"], -1)
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
