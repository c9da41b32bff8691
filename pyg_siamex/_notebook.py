"""Display of explanations in notebooks: the package sets the function that draws them."""

from collections.abc import Callable
from typing import Any

_DRAWN_BY: list[Callable[[Any], str | None]] = []


def drawn_by(draw: Callable[[Any], str | None]) -> None:
    """Set the function that draws explanations, from an explanation to HTML."""
    _DRAWN_BY[:] = [draw]


def drawn(explanation: Any) -> str | None:
    """HTML of an explanation, or ``None`` if nothing draws it."""
    return _DRAWN_BY[0](explanation) if _DRAWN_BY else None
