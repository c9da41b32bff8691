"""One colour scale for a whole picture: colour-blind-safe, and light enough for black letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, shown

LEAST_CONTRAST = 4.5
"""Least contrast between black letters and any colour of a scale (WCAG 2 level AA)."""

SIGNED = ("#d97f1e", "#f2a84e", "#fbd7a6", "#ffffff", "#dcd4f3", "#b6a3e3", "#9070d4")
"""Orange (negative) over white (zero) to purple (positive): PuOr without its dark ends."""

UNSIGNED = ("#ffffff", "#d6efe2", "#9fdac3", "#5fbfa5", "#2a9d8a")
"""White (nothing) to green, a single hue."""


@checked
@dataclass(frozen=True)
class ColourScale:
    """Colours for values in ``[-limit, limit]`` (signed) or ``[0, limit]``.

    Args:
        limit: Value of the strongest colour, above 0 and below 3.4e38. Larger values take the
            same colour.
        signed: Whether negative values have a colour of their own.
        drawn: What is drawn, ascending, where a scale without signs goes by rank: values get
            colours at equal distances, from the weakest to the strongest, whatever lies between
            them. Equal values share a colour. Empty where colours go by value.

    Raises:
        TypeError: If a part is of another kind.
        ValueError: If the limit is not above 0, or what is drawn is not finite, does not ascend, or
            is given for a scale with signs.
    """

    limit: float
    signed: bool
    drawn: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Compare the numbers."""
        _check_limit(self.limit)
        for value in self.drawn:
            real("drawn", value)
        if list(self.drawn) != sorted(self.drawn):
            raise ValueError("`drawn` must ascend")
        if self.drawn and (self.signed or self.drawn[0] < 0):
            raise ValueError("`drawn` is for scales without signs, by rank: leave it out")

    @classmethod
    @checked
    def of(
        cls, values: Iterable[float], *, signed: bool = False, limit: float | None = None
    ) -> "ColourScale":
        """The scale that just holds all ``values``; signed if asked for or if one is below 0.

        Raises:
            TypeError: If a value is not a number.
            ValueError: If a value is not finite, or ``limit`` is not above 0.
        """
        values = list(values)
        wrong = [value for value in values if not isinstance(value, Real)]
        if wrong:
            raise TypeError(f"`values` must be numbers (got {shown(wrong[0])})")
        if not all(isfinite(value) for value in values):
            raise ValueError("the explanation has values that are not finite (NaN or infinity)")
        if limit is not None:
            _check_limit(limit)
        largest = max((abs(value) for value in values), default=0.0)
        return cls(
            (largest or 1.0) if limit is None else limit,
            signed or any(value < 0 for value in values),
        )

    @property
    def anchors(self) -> tuple[str, ...]:
        """The scale's colours at equal distances, from its low end to its high end."""
        return SIGNED if self.signed else UNSIGNED

    def colour(self, value: float) -> str:
        """The colour of ``value`` as ``#rrggbb``.

        Raises:
            TypeError: If it is not a number.
            ValueError: If it is NaN.
        """
        real("value", value, "[-inf, inf]")
        if not self.signed:
            return blend(self.anchors, self.share(max(value, 0.0)))
        return blend(self.anchors, min(max((value / self.limit + 1) / 2, 0.0), 1.0))

    def share(self, value: float) -> float:
        """How strong ``value`` is, from 0 (the weakest colour) to 1 (the strongest)."""
        if self.drawn:
            return float(np.interp(value, *self._ranks))
        return min(abs(value) / self.limit, 1.0)

    @cached_property
    def _ranks(self) -> tuple[np.ndarray, np.ndarray]:
        """The distinct drawn values, and the share of the others below each, from 0 to 1."""
        values, count = np.unique(self.drawn, return_counts=True)
        middle = count.cumsum() - 0.5 * count
        return values, (middle - middle[0]) / max(middle[-1] - middle[0], 1)

    @cached_property
    def colormap(self) -> Any:
        """The same colours as a matplotlib colour map."""
        from matplotlib.colors import LinearSegmentedColormap

        return LinearSegmentedColormap.from_list("pyg_siamex", self.anchors, N=255)


def blend(anchors: tuple[str, ...], place: float) -> str:
    """Return the colour at ``place`` in [0, 1] along colours at equal distances."""
    position = place * (len(anchors) - 1)
    index = min(int(position), len(anchors) - 2)
    share = position - index
    ends = zip(_channels(anchors[index]), _channels(anchors[index + 1]), strict=True)
    return "#" + "".join(f"{round(255 * (a + (b - a) * share)):02x}" for a, b in ends)


def _channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of ``#rrggbb``, each in [0, 1]."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def contrast_ratio(one: str, other: str = "#000000") -> float:
    """Contrast ratio of two colours by WCAG 2, from 1 (none) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_LARGEST = float(np.finfo(np.float32).max)
"""Axes are drawn in single precision."""


def _check_limit(limit: float) -> None:
    real("limit", limit, "(0, inf)")
    if limit > _LARGEST:
        raise ValueError(f"limit must be below {_LARGEST:.2g}, which is drawn (got {limit:g})")
