"""Molecules from a table: one molecule per row, and a reason for every rejected row."""

import logging
from pathlib import Path
from typing import Literal

import torch
from rdkit import Chem
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex.chemistry import graph_of, parse_smiles
from pyg_siamex.chemistry import largest_fragment as largest
from pyg_siamex.datasets.csv_rows import Row, read_rows
from pyg_siamex.datasets.label import as_number, encode_classes, is_continuous, is_missing
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.rejected import Rejected

_logger = logging.getLogger(__name__)


class MoleculeTable(Dataset):
    """Molecules of a CSV file (comma, semicolon or tab).

    Args:
        path: The file, UTF-8 (a byte order mark is allowed), with a header.
        smiles: Column of the SMILES.
        label: Column of the target, or ``None``. Numbers with a fractional part are a continuous
            target; integers and words are classes. Empty cells, ``NA``, ``n/a``, ``nan`` and
            ``null`` are missing values.
        name: Column of the names, or ``None``.
        transform: Makes the features. Default: :class:`OneHotMolecule`.
        invalid: ``"skip"`` rows without a valid molecule or label and log them, or ``"raise"``.
        largest_fragment: Keep the largest organic fragment of a salt or mixture. Otherwise all
            fragments stay as one disconnected graph.

    Attributes:
        rejected: The skipped rows, with line and reason.
        class_names: Names of the classes, in the order of ``y``, or ``None`` for a continuous
            target or no target.
        canonical_smiles: Canonical SMILES of each molecule: ``PairDataset.split(together=...)``
            keeps duplicates in one part by them.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is empty or not UTF-8, a column is missing, a quotation mark is never
            closed, a row is invalid and ``invalid="raise"``, or no row is left.
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
        self.transform = OneHotMolecule() if transform is None else transform
        self.rejected: list[Rejected] = []
        self._graphs: list[Data] = []
        self.canonical_smiles: list[str] = []
        self.class_names: list[str] | None = None
        rows = read_rows(path, [c for c in (smiles, label, name) if c is not None])
        values = [] if label is None else [row.cells.get(label, "") for row in rows]
        continuous = is_continuous([value for value in values if not is_missing(value)])
        labels: list[str] = []
        for row in rows:
            try:
                data, group = self._graph(row, smiles, label, continuous, largest_fragment)
            except ValueError as error:
                self.rejected.append(Rejected(row.line, row.cells.get(smiles, ""), str(error)))
                continue
            if name is not None:
                data.name = row.cells[name]
            self._graphs.append(data)
            self.canonical_smiles.append(group)
            labels.append("" if label is None else row.cells[label])
        self._report(path, invalid)
        if label is not None:
            self._set_targets(labels, label, continuous)

    def __len__(self) -> int:
        """Number of molecules."""
        return len(self._graphs)

    def __getitem__(self, k: int) -> Data:
        """The k-th molecule, with ``x``, ``edge_index``, ``edge_attr``, ``smiles``, ``y``."""
        return self._graphs[k]

    def _graph(
        self, row: Row, smiles: str, label: str | None, continuous: bool, largest_fragment: bool
    ) -> tuple[Data, str]:
        """The graph of a row and its canonical SMILES, or ``ValueError`` with the reason."""
        if row.problem:
            raise ValueError(row.problem)
        if label is not None:
            value = row.cells[label]
            if is_missing(value):
                raise ValueError(f"no value in column '{label}'" + (value and f" ('{value}')"))
            if continuous and as_number(value) is None:
                raise ValueError(
                    f"'{value}' in column '{label}' is not a number, unlike most others"
                )
        text = row.cells[smiles]
        mol = parse_smiles(text)
        if largest_fragment:
            text = largest(mol)
            mol = parse_smiles(text)  # nodes in the order of the SMILES that the graph keeps
        return self.transform(graph_of(mol, text)), Chem.MolToSmiles(mol)

    def _report(self, path: Path, invalid: str) -> None:
        if self.rejected:
            listing = "\n".join(f"  {row}" for row in self.rejected[:10])
            more = f"\n  and {len(self.rejected) - 10} more" if len(self.rejected) > 10 else ""
            summary = f"{path}: {len(self.rejected)} rows refused:\n{listing}{more}"
            if invalid == "raise" or not self._graphs:
                raise ValueError(summary)
            _logger.warning(summary)
        if not self._graphs:
            raise ValueError(f"{path} has a header and no rows")

    def _set_targets(self, labels: list[str], column: str, continuous: bool) -> None:
        if continuous:
            targets = torch.tensor([float(value) for value in labels])
        else:
            self.class_names, targets = encode_classes(labels)
            if len(labels) >= 20 and 2 * len(self.class_names) > len(labels):
                _logger.warning(
                    "column '%s' makes %d classes of %d molecules, such as '%s': is it a label?",
                    column,
                    len(self.class_names),
                    len(labels),
                    labels[0],
                )
        for data, target in zip(self._graphs, targets, strict=True):
            data.y = target.clone()
        self._warn_of_conflicts(labels, targets.tolist())

    def _warn_of_conflicts(self, labels: list[str], targets: list[float]) -> None:
        seen: dict[str, dict[float, str]] = {}
        for key, value, target in zip(self.canonical_smiles, labels, targets, strict=True):
            seen.setdefault(key, {}).setdefault(target, value)
        conflicts = {key: values for key, values in seen.items() if len(values) > 1}
        if conflicts:
            key, values = next(iter(conflicts.items()))
            _logger.warning(
                "%d molecules stand in the table with different labels, for example %s: %s",
                len(conflicts),
                key,
                ", ".join(values[target] for target in sorted(values)),
            )
