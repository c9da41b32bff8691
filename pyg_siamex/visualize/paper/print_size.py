"""Sizes of pictures as users write them: in pixels, or in units of print."""

import re

from pyg_siamex.visualize.paper.panels import LARGEST, SMALLEST, within_bounds

_UNITS = {"": 1.0, "px": 1.0, "in": 96.0, "cm": 96.0 / 2.54, "mm": 96.0 / 25.4}
"""Pixels in a unit; a pixel is 1/96 inch, as in SVG."""

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*[x\u00d7]\s*(\d+(?:\.\d+)?)\s*(px|in|cm|mm|)", re.IGNORECASE)


def size_in_pixels(size: str) -> tuple[int, int]:
    """Width and height of a picture in pixels of 1/96 inch.

    Args:
        size: Such as ``"900x400"``, ``"170x80mm"``, ``"17x8cm"`` or ``"6.7x3.2in"``.

    Raises:
        ValueError: If it is not written like that.

    Example:
        >>> size_in_pixels("170x80mm")
        (643, 302)
    """
    found = _SIZE.fullmatch(size.strip())
    if found is None:
        raise ValueError(
            f"`size` must be WIDTHxHEIGHT in pixels, mm, cm or in, such as 900x400 or 170x80mm "
            f"(got '{size}')"
        )
    unit = _UNITS[found[3].lower()]
    width, height = (round(min(float(side) * unit, _MOST)) for side in (found[1], found[2]))
    return width, height


_MOST = 1e9
"""Pixels that stand for more, too."""


def check_picture_size(size: str) -> tuple[int, int]:
    """Width and height in pixels of a picture that can be drawn.

    Args:
        size: As for :func:`size_in_pixels`.

    Raises:
        ValueError: If it is not written like that, or a side is not in [240, 10000] pixels.

    Example:
        >>> check_picture_size("900x400")
        (900, 400)
    """
    width, height = size_in_pixels(size)
    if not within_bounds((width, height)):
        in_pixels = re.search("[a-wyz]", size.lower().replace("px", "")) is None
        pixels = "" if in_pixels else f", which is {width}x{height} pixels"
        raise ValueError(
            f"`size` must have a width and a height of {SMALLEST} to {LARGEST} pixels, 1/96 inch "
            f"each (got '{size:.60}'{pixels})"
        )
    return width, height
