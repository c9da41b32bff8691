"""Cells of lines of text, where commas may be decimal or in quotation marks."""

import csv
import re
from collections.abc import Sequence

_QUOTED = re.compile(r'"[^"]*"')
_WORD = re.compile(r'"[^"]*"|\S+')
_DECIMAL = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


def delimiter_of(lines: Sequence[str]) -> str:
    r"""The mark between cells: a comma, a semicolon, a tab, or empty for blanks.

    Marks in quotation marks separate nothing. Commas are decimal where a semicolon, tab or blank
    makes rows of one length of which every comma is in a number.

    Args:
        lines: The lines.

    Example:
        >>> delimiter_of(["1,5;2,5", "3;4,5"]), delimiter_of(['"1,5" "2,5"']), delimiter_of(["1,5"])
        (';', '', ',')
    """
    bare = [_QUOTED.sub('""', line) if '"' in line else line for line in lines]
    marks = [mark for mark in ",;\t" if any(mark in line for line in bare)]
    if "," in marks:
        others = (*marks[1:], "")
        return next((mark for mark in others if _leaves_decimal_commas(bare, mark)), ",")
    return next(iter(marks), "")


def _leaves_decimal_commas(lines: Sequence[str], mark: str) -> bool:
    widths = set()
    for line in lines:
        cells = cells_of(line, mark)
        if any("," in cell and _DECIMAL.fullmatch(cell) is None for cell in cells):
            return False
        widths.add(len(cells))
    return 1 not in widths and max(widths) - min(widths) <= 1  # as R writes a header: no corner


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line, without surrounding blanks and quotation marks.

    Args:
        line: The line.
        delimiter: What :func:`delimiter_of` found.

    Example:
        >>> cells_of('"0,5", "Left, A" ,3', ",")
        ['0,5', 'Left, A', '3']
    """
    cells = _split(line, delimiter) if delimiter else _WORD.findall(line)
    return [cell.strip().strip("\"'").strip() for cell in cells]


def _split(line: str, delimiter: str) -> list[str]:
    if line.count('"') and line.count('"') % 2 == 0:
        try:
            return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        except csv.Error:  # a cell longer than the reader takes
            pass
    return line.split(delimiter)
