"""Molecules from a user's own table: one row, one molecule, every bad row accounted for."""

import csv
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.smiles import molecule, parse_smiles

logger = logging.getLogger(__name__)

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Rejected:
    """A row that gave no molecule.

    Attributes:
        line: Line of the file, the header being line 1.
        value: What stood there.
        reason: Why it was refused.
    """

    line: int
    value: str
    reason: str

    def __str__(self) -> str:
        """One line for a log."""
        return f"line {self.line}: {self.value!r}: {self.reason}"


class MoleculeTable(Dataset):
    """Molecules of a CSV file (comma, semicolon or tab).

    Args:
        path: The file, UTF-8 (a byte order mark is fine), with a header.
        smiles: Column of the SMILES.
        label: Column of the target, or ``None``. Numbers with a fractional part make a continuous
            target, integers and words classes.
        name: Column of the names, or ``None``.
        transform: How features are made. :class:`OneHotMolecule` where not given.
        invalid: ``"skip"`` rows without a readable molecule or label and say so, or ``"raise"``.
        largest_fragment: Keep the largest organic fragment of a salt or mixture; otherwise all
            fragments stay as one disconnected graph.

    Attributes:
        rejected: The skipped rows, with line and reason.
        class_names: Names of the classes, in the order of ``y``; ``None`` for a continuous target
            or none.
        groups: Canonical SMILES of each molecule, so that ``PairDataset.split(groups=...)`` keeps
            duplicates in one part.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is empty, a column is missing, a row is invalid and ``invalid="raise"``,
            or no row is left.
    """

    def __init__(
        self,
        path: str | Path,
        smiles: str = "smiles",
        label: str | None = None,
        name: str | None = None,
        transform: OneHotMolecule | None = None,
        invalid: Literal["skip", "raise"] = "skip",
        largest_fragment: bool = False,
    ) -> None:
        if invalid not in ("skip", "raise"):
            raise ValueError(f"invalid must be 'skip' or 'raise' (got '{invalid}')")
        path = Path(path)
        self.transform = transform or OneHotMolecule()
        self.rejected: list[Rejected] = []
        self._graphs: list[Data] = []
        self.groups: list[str] = []
        labels: list[str] = []
        for line, row in _rows(path, [c for c in (smiles, label, name) if c is not None]):
            value = row[smiles].strip()
            try:
                if label is not None and not row[label].strip():
                    raise ValueError(f"no value in column '{label}'")
                text = _strip_salt(value) if largest_fragment else value
                data = self.transform(molecule(text))
            except ValueError as error:
                self.rejected.append(Rejected(line, value, str(error)))
                continue
            if name is not None:
                data.name = row[name].strip()
            self._graphs.append(data)
            self.groups.append(Chem.MolToSmiles(parse_smiles(text)))
            labels.append(row[label].strip() if label is not None else "")
        self._report(path, invalid)
        self.class_names = self._set_targets(labels) if label is not None else None

    def __len__(self) -> int:
        """Number of molecules."""
        return len(self._graphs)

    def __getitem__(self, k: int) -> Data:
        """The k-th molecule, with ``x``, ``edge_index``, ``edge_attr``, ``smiles``, ``y``."""
        return self._graphs[k]

    def _report(self, path: Path, invalid: str) -> None:
        if self.rejected:
            listing = "\n".join(f"  {row}" for row in self.rejected[:10])
            more = f"\n  and {len(self.rejected) - 10} more" if len(self.rejected) > 10 else ""
            summary = f"{path}: {len(self.rejected)} rows refused:\n{listing}{more}"
            if invalid == "raise" or not self._graphs:
                raise ValueError(summary)
            logger.warning(summary)
        if not self._graphs:
            raise ValueError(f"{path} has a header and no rows")

    def _set_targets(self, labels: list[str]) -> list[str] | None:
        self._warn_of_conflicts(labels)
        numbers = [_number(value) for value in labels]
        numeric = [number for number in numbers if number is not None]
        if len(numeric) == len(labels) and any(number % 1 for number in numeric):
            for data, number in zip(self._graphs, numeric, strict=True):
                data.y = torch.tensor(number, dtype=torch.float)
            return None
        if len(numeric) == len(labels):  # "1" and "1.0" are one class
            labels = [str(int(number)) for number in numeric]
            names = [str(number) for number in sorted({int(number) for number in numeric})]
        else:
            names = sorted(set(labels))
        for data, value in zip(self._graphs, labels, strict=True):
            data.y = torch.tensor(names.index(value))
        return names

    def _warn_of_conflicts(self, labels: list[str]) -> None:
        seen: dict[str, set[str]] = {}
        for key, value in zip(self.groups, labels, strict=True):
            seen.setdefault(key, set()).add(value)
        conflicts = {key: values for key, values in seen.items() if len(values) > 1}
        if conflicts:
            key, values = next(iter(conflicts.items()))
            logger.warning(
                "%d molecules stand in the table with different labels, for example %s: %s",
                len(conflicts),
                key,
                ", ".join(sorted(values)),
            )


def _rows(path: Path, columns: list[str]) -> Iterator[Row]:
    """Line number and cells of each row that is not blank."""
    if not path.is_file():
        raise FileNotFoundError(f"no table at {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        if not head.strip():
            raise ValueError(f"{path} is empty")
        file.seek(0)
        delimiter = max(",;\t", key=head.count)
        reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True)
        names = [name.strip() for name in next(reader)]
        for column in columns:
            if column not in names:
                raise ValueError(f"{path} has no column '{column}': it has {', '.join(names)}")
        before = reader.line_num
        for cells in reader:
            if cells:
                cells += [""] * (len(names) - len(cells))
                yield before + 1, dict(zip(names, cells, strict=False))
            before = reader.line_num


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value - value == 0 else None


def _strip_salt(smiles: str) -> str:
    mol = parse_smiles(smiles)
    with rdBase.BlockLogs():
        return Chem.MolToSmiles(rdMolStandardize.LargestFragmentChooser().choose(mol))
