"""How large a picture is and where its two panels, its words and its colour bar go."""

from collections.abc import Sequence
from typing import NamedTuple

Point = tuple[float, float]
"""Across and down, in pixels."""

MARGIN, TITLE, NAME, FOOTER = 12.0, 30.0, 24.0, 62.0
"""Heights in pixels: the edge, the title's line, the names' line, similarity and colour bar."""

SMALLEST, LARGEST = 240, 10_000
"""Bounds of a picture's width and height."""

_UNIT = 26.0
"""Pixels per angstrom at which a molecule reads well."""


class Panel(NamedTuple):
    """The place of one graph in the picture: left, top, width and height in pixels."""

    x: float
    y: float
    width: float
    height: float


def picture_size(
    size: tuple[int, int] | None, extents: Sequence[Point], titled: bool
) -> tuple[int, int]:
    """Check the size that was asked for, or choose one that suits the molecules.

    Args:
        size: Width and height, or ``None``.
        extents: Width and height of each molecule, in angstrom.
        titled: Whether there is a title.

    Raises:
        ValueError: If a side is not a whole number in [240, 10000].
    """
    if size is None:
        widths, heights = zip(*extents, strict=True)
        width = min(max(_UNIT * (max(widths) + 3.0), 370.0), 900.0)
        height = min(max(_UNIT * (max(heights) + 2.5), 220.0), 900.0)
        return round(2 * width + 3 * MARGIN), round(height + _words(titled))
    if len(size) != 2 or not within_bounds(size):
        raise ValueError(
            f"`size` must be (width, height) in pixels of 1/96 inch, each in "
            f"[{SMALLEST}, {LARGEST}] (got {size})"
        )
    return round(size[0]), round(size[1])


def within_bounds(size: Sequence[float]) -> bool:
    """Whether width and height are of a picture that can be drawn and looked at.

    Args:
        size: Both, in pixels.
    """
    return all(SMALLEST <= side <= LARGEST for side in size)


def panels(size: tuple[int, int], titled: bool) -> list[Panel]:
    """Return the places of query and reference."""
    width = float(int((size[0] - 3 * MARGIN) / 2))
    height = float(int(size[1] - _words(titled)))
    top = MARGIN + (TITLE if titled else 0)
    return [Panel(MARGIN, top, width, height), Panel(size[0] - MARGIN - width, top, width, height)]


def _words(titled: bool) -> float:
    return 2 * MARGIN + NAME + FOOTER + (TITLE if titled else 0)
