"""Lines of text files that are comments, and lines that only look like them."""

import re

_MARK = "#"
_FIRST_CELL = re.compile(r"""\s*["']?(#[^\s"',;|]*)["']?\s*(?:[,;\t| ]|$)""")
_ERROR_VALUE = re.compile(r"#(N/[A-Z]!?|NV|[\u00a1\u00bf]?[A-Z\u00c0-\u00de/0]+[!?])")
"""Cells of spreadsheets that could not be computed, in any language: ``#N/A``, ``#WERT!``."""


def is_comment(line: str) -> bool:
    """Whether a line is a comment: it begins with ``#``, and not with a spreadsheet's error.

    Args:
        line: The line.

    Example:
        >>> [is_comment(line) for line in ("# made by a tool", "#A #B", "#N/A,0.2", "#DIV/0! 1")]
        [True, True, False, False]
    """
    return line.lstrip().startswith(_MARK) and not _begins_with_error(line)


def is_error_value(text: str) -> bool:
    """Whether a cell is what a spreadsheet writes where a value cannot be computed.

    Args:
        text: The cell.

    Example:
        >>> is_error_value("#REF!"), is_error_value("#1001")
        (True, False)
    """
    return _ERROR_VALUE.fullmatch(text.strip().upper()) is not None


def _begins_with_error(line: str) -> bool:
    first = _FIRST_CELL.match(line)
    return first is not None and _ERROR_VALUE.fullmatch(first[1]) is not None
