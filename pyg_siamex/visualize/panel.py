"""Places in a picture."""

from typing import NamedTuple

Point = tuple[float, float]
"""Across and down, in pixels."""


class Panel(NamedTuple):
    """A molecule's place in the picture: left, top, width and height in pixels."""

    x: float
    y: float
    width: float
    height: float
