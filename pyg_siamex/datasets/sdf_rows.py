"""Molecules of an SD file, their properties as columns."""

import logging
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from rdkit import Chem, rdBase

from pyg_siamex._visible import bare
from pyg_siamex.datasets.csv_rows import Row, check_columns
from pyg_siamex.datasets.text_file import lines_of, read_text

_logger = logging.getLogger(__name__)

_HEADER, _VERSIONS = 3, ("V2000", "V3000")
"""Lines before the one that counts atoms and bonds, and how that one ends."""

_TAG = re.compile(r">.*?<([^>]*)>")
"""A line that begins a property."""

_ALONE = re.compile(r">\s+[^<>]*<[^<>]+>\s*(\(\w+\))?\s*")
"""Such a line and nothing more."""

_END, _END_OF_MOLECULE = "$$$$", "M  END"


def read_sdf_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read an SD file: column ``smiles`` is RDKit's SMILES of the structure, ``name`` the title.

    The line of a row is the first of its record. A property ``name`` stands before the title, and
    the structure before a property ``smiles``; a warning tells where these are two molecules. A
    record in which a property stands twice, or is not ended by a blank line, is refused, and so is
    a last record that ends within a property.

    Args:
        path: The file, V2000 or V3000.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it holds no record that can be read, is not text, or lacks a column.
    """
    rows = [_row(line, record) for line, record in _records(read_text(path))]
    if not rows:
        raise ValueError(f"{path} is empty")
    names = list(dict.fromkeys(["smiles", "name", *(n for row in rows for n in row.cells)]))
    if all(row.problem for row in rows) and not set(columns) <= set(names):
        told = f"the first, on line {rows[0].line}: {rows[0].problem}"
        raise ValueError(f"none of the {len(rows)} records of {path} can be read ({told})")
    check_columns(path, names, columns)
    return [Row(r.line, {n: r.cells.get(n, "") for n in names}, r.problem) for r in rows]


def _records(text: str) -> Iterator[tuple[int, str]]:
    start = 1
    lines: list[str] = []
    for number, line in enumerate(lines_of(text), start=1):
        if line.rstrip() == _END:
            yield _record(start, lines)
            start, lines = number + 1, []
        else:
            # A blank line ends a property, also one with what is not seen.
            lines.append(line.rstrip() if bare(line) else "")
    if any(line.strip() for line in lines):
        yield _record(start, lines if _whole(lines) else [*lines, _CUT])


def _whole(lines: list[str]) -> bool:
    """Whether the last lines of a file, which no line ``$$$$`` ends, are no part of a property."""
    ends = [k for k, line in enumerate(lines) if line.rstrip() == _END_OF_MOLECULE]
    return not ends or not lines[-1] or ends[-1] == len(lines) - 1


_CUT = "\0"
"""Stands below a record that may be cut off; no text has it."""


def _record(start: int, lines: list[str]) -> tuple[int, str]:
    """A record and its first line, without blank lines before the three of its header."""
    counts = (k for k, line in enumerate(lines) if line.rstrip().endswith(_VERSIONS))
    more = next(counts, _HEADER) - _HEADER
    if more > 0 and not any(line.strip() for line in lines[:more]):
        start, lines = start + more, lines[more:]
    return start, "\n".join([*lines, "", _END, ""])


def _row(line: int, record: str) -> Row:
    molecules = sum(text.rstrip() == _END_OF_MOLECULE for text in record.splitlines())
    if molecules > 1:  # RDKit would read the first alone
        title = record.splitlines()[0].strip()
        problem = f"the record has {molecules} molecules: end each with a line {_END}"
        return Row(line, {"name": title}, problem)
    cut = "" if _CUT not in record else f"the file ends within a property: end it with {_END}"
    problem = _twice(record) or _swallowed(record) or cut
    if problem:
        return Row(line, {"name": record.splitlines()[0].strip()}, problem)
    supplier = Chem.SDMolSupplier()
    with rdBase.BlockLogs():
        supplier.SetData(record)
        mol = _first(supplier)
        if mol is not None:
            return _of_molecule(line, mol)
        supplier.SetData(record, sanitize=False)
        broken = _first(supplier)
        if broken is None:
            title = record.splitlines()[0].strip()
            return Row(line, {"name": title}, "RDKit cannot read the record")
        reasons = [problem.Message() for problem in Chem.DetectChemistryProblems(broken)]
    return Row(line, _cells(broken), "; ".join(reasons) or "it fails RDKit's sanitisation")


def _of_molecule(line: int, mol: Chem.Mol) -> Row:
    """The row of a molecule, its structure in place of a property ``smiles``."""
    smiles, cells = Chem.MolToSmiles(mol), _cells(mol)
    given = cells.get("smiles", "")
    if given and _canonical(given) != _canonical(smiles):
        _logger.warning(
            "the record on line %d has the structure %.60s, which is read, and the property "
            "'smiles' %.60s",
            *(line, smiles, given),
        )
    return Row(line, cells | {"smiles": smiles})


def _canonical(smiles: str) -> str | None:
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else Chem.MolToSmiles(mol, isomericSmiles=False)


def _twice(record: str) -> str:
    """What is wrong with a record in which a property stands twice; RDKit would keep the last."""
    tags = [bare(found[1]) for line in record.splitlines() if (found := _TAG.match(line))]
    more = next((tag for tag in tags if tags.count(tag) > 1), None)
    return "" if more is None else f"the record has the property '{more:.60}' twice: leave one"


def _swallowed(record: str) -> str:
    """What is wrong with a record in which RDKit would read a property as text of another one."""
    _, _, properties = record.partition(f"\n{_END_OF_MOLECULE}\n")
    for before, line in pairwise(["", *properties.splitlines()]):
        if before and _ALONE.fullmatch(line):
            return (
                f"there is no blank line before '{line:.60}': end each property with a blank line"
            )
    return ""


def _first(supplier: Chem.SDMolSupplier) -> Chem.Mol | None:
    return supplier[0] if len(supplier) else None


def _cells(mol: Chem.Mol) -> dict[str, str]:
    cells = {bare(name): mol.GetProp(name).strip() for name in mol.GetPropNames()}
    title = mol.GetProp("_Name").strip() if mol.HasProp("_Name") else ""
    return cells | {"name": title} if title and not cells.get("name") else cells
