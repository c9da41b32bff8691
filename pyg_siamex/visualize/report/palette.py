"""The colours of a page as CSS variables, for light and for dark.

``fill`` colours lie behind letters, ``line`` colours on the page itself. All text keeps a contrast
of 4.5 to 1 on every background it can lie on.
"""

from pyg_siamex.visualize.paper.colour import SIGNED, UNSIGNED
from pyg_siamex.visualize.paper.ink import INK, SIGNED_INK, UNSIGNED_INK

LIGHT = {
    "paper": "#ffffff",
    "card": "#f5f6f8",
    "ink": INK,
    "muted": "#555b66",
    "rule": "#c9ced6",
    "focus": "#005fcc",
    "warn-paper": "#fff4d6",
    "warn-ink": "#5c3b00",
    "faint": "#c4c8cf",
    "letter": "#000000",
    "plus-fill": SIGNED[-1],
    "minus-fill": SIGNED[0],
    "mask-fill": UNSIGNED[-1],
    "plus-line": SIGNED_INK[-2],
    "minus-line": SIGNED_INK[1],
    "mask-line": UNSIGNED_INK[-2],
}
"""Colours by what they are for."""

DARK = {
    "paper": "#15171c",
    "card": "#20242b",
    "ink": "#eceef2",
    "muted": "#aab2bf",
    "rule": "#4a515d",
    "focus": "#7ab8ff",
    "warn-paper": "#3a2c08",
    "warn-ink": "#ffdf94",
    "faint": "#555c68",
    "letter": "#ffffff",
    "plus-fill": "#6b47b0",
    "minus-fill": "#9c4f0a",
    "mask-fill": "#0f6f5d",
    "plus-line": "#b39af0",
    "minus-line": "#f0a048",
    "mask-line": "#5fcfb0",
}
"""The same for dark pages."""
