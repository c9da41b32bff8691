"""Text from strangers as letters alone: nothing that moves a cursor, turns text or hides in it."""

import re
import unicodedata

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069"  # directions and widths of nothing
    "\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Write characters that are not seen, or that change how others are seen, as escapes.

    Args:
        text: Any text.

    Example:
        >>> visible("a\x1b[2Jb")
        'a\\x1b[2Jb'
    """
    text = _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")  # halves of characters


def in_one_line(text: str, most: int = 600) -> str:
    r"""Text as one visible line of at most ``most`` characters; what is left out is told.

    Args:
        text: Any text.
        most: Most characters that are kept.

    Example:
        >>> in_one_line("no  file\n a.csv")
        'no file a.csv'
    """
    start = text[: 8 * most]
    line = " ".join(visible(start).split())
    if len(start) == len(text) and len(line) <= most:
        return line
    half = most // 2
    end = " ".join(visible(text[-8 * most :]).split())
    return f"{line[:half]} ... {end[-half:]} ({len(text):,} characters)"


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def straight(text: str) -> str:
    r"""Write characters that turn the direction of the text after them as escapes.

    Letters of languages that are written from the right, and the joiners of letters, stay.

    Args:
        text: Any text.

    Example:
        >>> straight("a\u202egnp.exe")
        'a\\u202egnp.exe'
    """
    return _TURNING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Letters without a width: hyphens and breaks that may be, joiners, directions, marks of order."""
_NOWHERE = re.compile(f"[{_UNSEEN}]+")
_BORDER = re.compile(rf"[\s{_UNSEEN}]+")


def bare(text: str) -> str:
    r"""Text without what is blank or not seen before and after it.

    Args:
        text: Any text.

    Example:
        >>> bare("\u200b\u00a0group \ufeff")
        'group'
    """
    stripped = text.strip()
    if stripped.isascii():
        return stripped
    start = _BORDER.match(stripped)
    stripped = stripped if start is None else stripped[start.end() :]
    end = _BORDER.match(stripped[::-1])
    return stripped if end is None else stripped[: len(stripped) - end.end()]


def folded(text: str) -> str:
    r"""Text as it is compared: what is not seen is left out, and blanks of any kind are one.

    Letters with accents are written as one character.

    Args:
        text: Any text.

    Example:
        >>> folded("soft\u00adware \u00a0 group\u200b")
        'software group'
    """
    seen = text if text.isascii() else unicodedata.normalize("NFC", _NOWHERE.sub("", text))
    return " ".join(seen.split())


_FORMULA = re.compile(
    "[\\s\x00-\x20\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"  # what is blank, or not seen
    "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212]|[\t\r]"
)
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


def cell(value: object) -> object:
    """A value as a spreadsheet reads it: a text that it would take for a formula is marked as text.

    Blanks and full-width signs do not keep spreadsheets from formulas. Numbers stay numbers, and
    what turns or hides text is written out.

    Args:
        value: What the cell holds.

    Example:
        >>> cell("=1+1"), cell("-3.5"), cell("C=O"), cell(2)
        ("'=1+1", '-3.5', 'C=O', 2)
    """
    if not isinstance(value, str):
        return value
    marked = _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{visible(value)}" if marked else visible(value)
