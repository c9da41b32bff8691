"""The width of the features that a layer takes."""

from typing import Any

from torch import Tensor, nn


class WidthError(ValueError):
    """Node features are of another width than a layer was built for."""


def check_width(layer: nn.Module, width: int, x: Any) -> None:
    """Refuse node features of another width than a layer was built for.

    Args:
        layer: The layer or the encoder, for messages.
        width: How many features it takes.
        x: Node features, ``[N, F]``; anything else is left to the layer.

    Raises:
        WidthError: If they are more or fewer.
    """
    if isinstance(x, Tensor) and x.dim() == 2 and x.size(1) != width:
        raise WidthError(
            f"{type(layer).__name__} takes {width} node features, and x has {x.size(1)}"
        )
