"""Fonts that have the letters of a text, for pictures whose letters are drawn as pixels."""

from functools import lru_cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

_BASE = "DejaVu Sans"
"""Comes with matplotlib."""


@lru_cache(maxsize=256)
def font_families(text: str) -> tuple[str, ...]:
    """Find font families that together have every letter of ``text``, if any installed font does.

    DejaVu Sans is first, and alone where it suffices; a letter that no font has is drawn by
    matplotlib as a box, with a warning.
    """
    missing = {letter for letter in text if ord(letter) not in _letters(_path(_BASE))}
    families = [_BASE]
    for entry in sorted(font_manager.fontManager.ttflist, key=lambda font: (font.name, font.fname)):
        if not missing:
            break
        found = {letter for letter in missing if ord(letter) in _letters(entry.fname)}
        if found and not entry.name.startswith("Last Resort"):
            families.append(entry.name)
            missing -= found
    return tuple(families)


def _path(family: str) -> str:
    return str(font_manager.findfont(family))


@lru_cache(maxsize=256)
def _letters(path: str) -> frozenset[int]:
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()
