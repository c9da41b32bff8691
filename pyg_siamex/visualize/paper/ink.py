"""Colours for lines and marks on white paper: importances, and networks told apart by mark too."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pyg_siamex.visualize.paper.colour import ColourScale, blend

SIGNED_INK = ("#7f3b08", "#b85c0a", "#e0a560", "#cccccc", "#b5a3de", "#7d57c1", "#3f1582")
"""Orange (negative) over light grey (zero) to purple (positive): PuOr with its dark ends."""

UNSIGNED_INK = ("#cccccc", "#93cbb8", "#43a78e", "#0f7a66", "#04493d")
"""Light grey (nothing) to dark green, a single hue."""

FAINT = "#c4c4c4"
"""What is there but not singled out."""

INK = "#222222"
"""Letters and outlines."""

NETWORK_COLOURS = (
    "#0072b2",
    "#f0e442",
    "#56b4e9",
    "#cc79a7",
    "#555555",
    "#009e73",
    "#d55e00",
    "#ffffff",
)
"""After Okabe and Ito (2008), safe for colour-blind readers; what is near an ink comes late."""

_NETWORK_MARKERS = ("o", "s", "^", "D", "v", "p")


class InkScale(ColourScale):
    """The colours of :class:`ColourScale`, dark enough for thin lines and small marks on white."""

    @classmethod
    def of(
        cls, values: Iterable[float], *, signed: bool = False, limit: float | None = None
    ) -> "InkScale":
        """The scale that just holds all ``values``; as :meth:`ColourScale.of`."""
        scale = ColourScale.of(values, signed=signed, limit=limit)
        return cls(scale.limit, scale.signed)

    @property
    def anchors(self) -> tuple[str, ...]:
        """The scale's colours at equal distances, from its low end to its high end."""
        if self.signed:
            return SIGNED_INK
        return UNSIGNED_INK[1:] if self.drawn else UNSIGNED_INK  # the weakest drawn is not nothing

    def sign(self, value: float) -> str:
        """The colour of a value's sign, whatever its size; the colour of letters for 0."""
        if value == 0 or not self.signed:
            return INK
        return SIGNED_INK[1] if value < 0 else SIGNED_INK[-2]


class Mark(NamedTuple):
    """How the regions of a network are drawn: fill colour and matplotlib marker."""

    colour: str
    marker: str


class Spot(NamedTuple):
    """How one region is drawn: fill, marker, area in square points, outline, and which layer."""

    fill: str
    marker: str
    area: float
    outline: str
    behind: bool


def network_marks(networks: Sequence[str]) -> dict[str, Mark]:
    """Choose a mark for each network, in order of first mention.

    The first eight differ in colour; the next eight have the same colours and another marker.
    """
    colours, markers = len(NETWORK_COLOURS), len(_NETWORK_MARKERS)
    return {
        name: Mark(NETWORK_COLOURS[k % colours], _NETWORK_MARKERS[k // colours % markers])
        for k, name in enumerate(dict.fromkeys(networks))
    }


def faded(colour: str) -> str:
    """Move a colour two thirds of the way to white."""
    return blend((colour, "#ffffff"), 2 / 3)
