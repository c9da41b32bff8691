"""How explanations show themselves in a notebook: the package says it, explanations ask."""

from collections.abc import Callable
from typing import Any

_DRAWN_BY: list[Callable[[Any], str]] = []


def drawn_by(draw: Callable[[Any], str]) -> None:
    """Draw explanations by ``draw`` from now on, from an explanation to HTML."""
    _DRAWN_BY[:] = [draw]


def drawn(explanation: Any) -> str | None:
    """HTML of an explanation; ``None`` where nothing draws."""
    return _DRAWN_BY[0](explanation) if _DRAWN_BY else None
