"""Lists of SMILES, one molecule a line, with or without a header."""

import re
from collections.abc import Sequence
from pathlib import Path

from pyg_siamex.datasets.cell_numbers import as_number
from pyg_siamex.datasets.column_names import is_smiles_name
from pyg_siamex.datasets.comment_line import is_comment
from pyg_siamex.datasets.csv_rows import Row, check_columns
from pyg_siamex.datasets.text_file import lines_of, read_text

_EXTENDED = re.compile(r"(\S+\s+\|[^|]*\|)(.*)")
"""SMILES with extensions of ChemAxon between bars."""


def read_smiles_lines(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read a ``.smi`` file: SMILES, then a blank or tab, then what else is known of the molecule.

    The first line is a header if it begins with a usual name of a column of SMILES. Else the
    columns are ``smiles``, ``name``, ``column 3``, ... Where lines have blanks alone, the rest of
    a line is its name, unless all lines have equally many words and end in a number.

    Args:
        path: The file.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is empty or not text, or lacks a column.
    """
    numbered = [
        (number, line.strip())
        for number, line in enumerate(lines_of(read_text(path)), start=1)
        if line.strip() and not is_comment(line)
    ]
    if not numbered:
        raise ValueError(f"{path} is empty")
    lines = [_cells(line) for _, line in numbered]
    tabbed = any("\t" in line for _, line in numbered)
    if not tabbed and not _regular(lines):
        lines = [[first, " ".join(rest)] for first, *rest in lines]
    most = max(map(len, lines))
    names = ["smiles", "name", *(f"column {k}" for k in range(3, most + 1))][:most]
    start = 0
    if is_smiles_name(lines[0][0]):
        names, start = [*lines[0], *names[len(lines[0]) :]], 1
    check_columns(path, names, columns)
    return [
        Row(number, dict(zip(names, cells + [""] * (most - len(cells)), strict=True)))
        for (number, _), cells in list(zip(numbered, lines, strict=True))[start:]
    ]


def _cells(line: str) -> list[str]:
    extended = _EXTENDED.fullmatch(line)
    rest = extended[2] if extended else line
    cells = [cell.strip() for cell in (rest.split("\t") if "\t" in line else rest.split())]
    return [extended[1], *filter(None, cells)] if extended else cells


def _regular(lines: list[list[str]]) -> bool:
    """Whether all lines after the first have the same number of words, the last a number."""
    body = lines[1:] or lines
    words = {len(cells) for cells in body}
    return len(words) == 1 and words.pop() > 2 and all(as_number(c[-1]) is not None for c in body)
