"""Lists of SMILES, one molecule a line, with or without a header."""

import logging
import re
from collections.abc import Sequence
from pathlib import Path

from pyg_siamex._visible import bare
from pyg_siamex.datasets.cell_numbers import as_number
from pyg_siamex.datasets.column_names import is_smiles_name, name_column
from pyg_siamex.datasets.comment_line import is_comment
from pyg_siamex.datasets.csv_rows import Row, check_columns
from pyg_siamex.datasets.text_file import lines_of, read_text

_logger = logging.getLogger(__name__)

_EXTENDED = re.compile(r"(\S+\s+\|[^|]*\|)(.*)")
"""SMILES with extensions of ChemAxon between bars."""


def read_smiles_lines(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read a ``.smi`` file: SMILES, then a blank or tab, then what else is known of the molecule.

    The first line is a header if it begins with a usual name of a column of SMILES, or with one of
    names beside such a column. Else the columns are ``smiles``, ``name``, ``column 3``, ... A line
    with more cells than a header has a problem. Where lines have blanks alone, the rest of a line
    is its name, unless all lines have as many words as a header, or equally many that end in a
    number. A warning tells of a header whose words are read as one name.

    Args:
        path: The file.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is empty or not text, or lacks a column.
    """
    numbered = [
        (number, line.rstrip())
        for number, line in enumerate(lines_of(read_text(path)), start=1)
        if line.strip() and not is_comment(line)
    ]
    if not numbered:
        raise ValueError(f"{path} is empty")
    if all(line[0].isspace() for _, line in numbered):  # else a tab ends an empty first cell
        numbered = [(number, line.lstrip()) for number, line in numbered]
    lines = [_cells(line) for _, line in numbered]
    tabbed = any("\t" in line for _, line in numbered)
    if not tabbed and not _regular(lines):
        _say_joined(path, lines)
        lines = [[first, " ".join(rest)] for first, *rest in lines]
    most = max(map(len, lines))
    names = ["smiles", "name", *(f"column {k}" for k in range(3, most + 1))][:most]
    start = 0
    if _is_header(lines[0]):
        names, start = [bare(name) for name in lines[0]], 1
    check_columns(path, names, columns)
    return [
        _row(number, cells, names)
        for (number, _), cells in list(zip(numbered, lines, strict=True))[start:]
    ]


def _cells(line: str) -> list[str]:
    extended = _EXTENDED.fullmatch(line)
    rest = extended[2] if extended else line
    cells = [cell.strip() for cell in (rest.split("\t") if "\t" in line else rest.split())]
    if extended is None:
        return cells
    return [extended[1], *(cells if cells and cells[0] else cells[1:])]


def _row(line: int, cells: list[str], names: list[str]) -> Row:
    found = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))
    told = f"{len(cells)} cells under {len(names)} columns"
    header = () if len(set(names)) == len(names) else tuple(names)
    return Row(line, found, told if len(cells) > len(names) else "", header)


def _is_header(line: list[str]) -> bool:
    """Whether cells name columns: SMILES first, or names or nothing before them."""
    first, *rest = line
    if is_smiles_name(first):
        return True
    return (not first or name_column([first]) is not None) and any(map(is_smiles_name, rest))


def _regular(lines: list[list[str]]) -> bool:
    """Whether all lines have the words of a header, or equally many with a number at the end."""
    body = lines[1:] or lines
    words = {len(cells) for cells in body}
    if len(words) > 1 or min(words) < 3:
        return False
    headed = len(lines) > 1 and len(lines[0]) in words and _is_header_of_several(lines[0])
    return headed or all(as_number(cells[-1]) is not None for cells in body)


def _is_header_of_several(line: list[str]) -> bool:
    """Whether a line is a header whose words are not together a usual name of one column."""
    first, *rest = line
    if not _is_header(line) or len(rest) < 2:
        return False
    return name_column([first, " ".join(rest)]) is None


def _say_joined(path: Path, lines: list[list[str]]) -> None:
    """Tell of a header whose words become the name of one column, which is no usual name."""
    if _is_header_of_several(lines[0]):
        _logger.warning(
            "%s: its header has %d words, and its lines other numbers, so that the column '%s' "
            "holds the rest of each line: separate columns with tabs if they are several",
            *(path, len(lines[0]), " ".join(lines[0][1:])),
        )
