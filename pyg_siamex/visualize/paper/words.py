"""Words that pictures share: names, captions, and text that fits and can be drawn."""

import re
from collections.abc import Sequence
from html import escape

from pyg_siamex._visible import straight
from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.numbers import number

_LETTER = 0.6
"""Width of a letter as a share of the font size, on the safe side."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def drawable(text: str) -> str:
    """Replace characters that no picture can hold, such as NUL, and write out what turns text."""
    return _NOT_XML.sub("\ufffd", straight(text))


def sentence(text: str) -> str:
    """Make text drawable, with a capital at its beginning."""
    return drawable(text[:1].upper() + text[1:])


def xml(text: str) -> str:
    """Make text drawable and escape what XML or HTML would read as markup."""
    return escape(drawable(text))


def clipped(text: str, letters: int) -> str:
    """Cut ``text`` to one line of at most ``letters`` letters; an ellipsis ends a cut line."""
    line = " ".join(text.split())
    return line if len(line) <= letters else line[: letters - 1].rstrip() + "\u2026"


def shorten(text: str, width: float, size: float) -> str:
    """Cut ``text`` to one line that fits ``width`` pixels at a font size in pixels."""
    return clipped(text, max(int(width / (_LETTER * size)), 1))


def name_of(text: str, letters: int) -> str:
    """Write a name as pages do: drawable, and of at most ``letters`` letters."""
    return clipped(drawable(text), letters)


def bar_words(scale: ColourScale) -> tuple[str, str]:
    """Say what the two ends of a colour bar mean."""
    if scale.signed:
        return f"pushes apart {number(-scale.limit)}", f"{number(scale.limit, '+')} pulls together"
    if scale.drawn:
        least, most = number(scale.drawn[0]), number(scale.drawn[-1])
        return f"weakest drawn {least}", f"{most} strongest, by rank"
    return "unimportant 0", f"{number(scale.limit)} important"


def summary(explanation: PairExplanation, extra: str = "", parts: str = "nodes") -> str:
    """Write similarity, what parts carry of it, explainer and a remark in one line.

    Args:
        explanation: The pair.
        extra: The remark.
        parts: What is drawn, in the plural.
    """
    known, similarity = explanation.carried, f"similarity {_fixed(explanation.prediction, 3)}"
    if known is not None:
        parts = parts if explanation.gives_pairs else "edges"
        if known.of_both:
            similarity += f" \u00b7 {parts} carry {amount(known)}"
        else:
            similarity = f"{parts} carry {_share(known, 3)} {similarity}"
    return " \u00b7 ".join(part for part in (similarity, explanation.algorithm, extra) if part)


def headline(carried: Carried | None, title: str, parts: str = "nodes") -> str:
    """Return the title, or that parts do not account for the similarity where they do not.

    Args:
        carried: What the parts carry, where it is known.
        title: The title of a picture; may be empty.
        parts: What is drawn, in the plural.
    """
    if carried is None or carried.agrees:
        return title
    what = amount(carried)
    return f"{parts.capitalize()} do not account for this similarity: they carry {what}"


def amount(carried: Carried) -> str:
    """Write what parts carry and of how much, such as "0.43 of 0.99".

    A sum that the similarity cannot be is not written.
    """
    if not carried.possible:
        return f"{_share(carried, 2)} it"
    what = " of both graphs" if carried.of_both else ""
    return f"{_share(carried, 2)} {_digits(carried.whole, carried.whole, 2)}{what}"


def _share(carried: Carried, decimals: int) -> str:
    """Write what parts carry, and "of"."""
    if carried.possible:
        return f"{_digits(carried.parts, carried.whole, decimals)} of"
    same = carried.parts * carried.whole >= 0
    return "more than all of" if same else "the opposite of"


def _digits(value: float, whole: float, decimals: int) -> str:
    """Write a part of a whole with decimals, or three digits where these would not show it."""
    return _fixed(value, decimals) if 0.01 <= abs(whole) < 100 else number(value)


def _fixed(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "\u2212")


def pair_names(names: Sequence[str] | None) -> tuple[str, str]:
    """Return the two names as they can be drawn, or "query" and "reference".

    Raises:
        ValueError: If there are not two.
    """
    if names is None:
        return "query", "reference"
    if isinstance(names, str) or len(names) != 2:
        raise ValueError(f"names must be two, of the query and of the reference (got {names!r})")
    return drawable(str(names[0])), drawable(str(names[1]))
