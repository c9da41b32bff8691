"""Molecules of an SD file, their properties as columns."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rdkit import Chem, rdBase

from pyg_siamex.datasets.csv_rows import Row, check_columns
from pyg_siamex.datasets.text_file import lines_of, read_text

_HEADER, _VERSIONS = 3, ("V2000", "V3000")
"""Lines before the one that counts atoms and bonds, and how that one ends."""

_END, _END_OF_MOLECULE = "$$$$", "M  END"


def read_sdf_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read an SD file: column ``smiles`` is RDKit's SMILES of the structure, ``name`` the title.

    The line of a row is the first of its record. A property called ``smiles`` or ``name`` is
    replaced by the structure and, where there is one, by the title.

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
            lines.append(line)
    if any(line.strip() for line in lines):
        yield _record(start, lines)


def _record(start: int, lines: list[str]) -> tuple[int, str]:
    """A record and its first line, without blank lines before the three of its header."""
    counts = (k for k, line in enumerate(lines) if line.rstrip().endswith(_VERSIONS))
    more = next(counts, _HEADER) - _HEADER
    if more > 0 and not any(line.strip() for line in lines[:more]):
        start, lines = start + more, lines[more:]
    return start, "\n".join([*lines, _END, ""])


def _row(line: int, record: str) -> Row:
    molecules = sum(text.rstrip() == _END_OF_MOLECULE for text in record.splitlines())
    if molecules > 1:  # RDKit would read the first alone
        title = record.splitlines()[0].strip()
        problem = f"the record has {molecules} molecules: end each with a line {_END}"
        return Row(line, {"name": title}, problem)
    supplier = Chem.SDMolSupplier()
    with rdBase.BlockLogs():
        supplier.SetData(record)
        mol = _first(supplier)
        if mol is not None:
            return Row(line, _cells(mol) | {"smiles": Chem.MolToSmiles(mol)})
        supplier.SetData(record, sanitize=False)
        broken = _first(supplier)
        if broken is None:
            title = record.splitlines()[0].strip()
            return Row(line, {"name": title}, "RDKit cannot read the record")
        reasons = [problem.Message() for problem in Chem.DetectChemistryProblems(broken)]
    return Row(line, _cells(broken), "; ".join(reasons) or "it fails RDKit's sanitisation")


def _first(supplier: Chem.SDMolSupplier) -> Chem.Mol | None:
    return supplier[0] if len(supplier) else None


def _cells(mol: Chem.Mol) -> dict[str, str]:
    cells = {name: mol.GetProp(name).strip() for name in mol.GetPropNames()}
    title = mol.GetProp("_Name").strip() if mol.HasProp("_Name") else ""
    return cells | ({"name": title} if title else {})
