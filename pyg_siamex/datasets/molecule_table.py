"""Molecules from a table: one molecule per row, and a reason for every rejected row."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rdkit import Chem

from pyg_siamex._door import checked
from pyg_siamex.chemistry import AS_WRITTEN, Standardisation, graph_of
from pyg_siamex.data.transformed import Transform
from pyg_siamex.datasets.csv_rows import Row
from pyg_siamex.datasets.doubtful_classes import warn_of_doubtful
from pyg_siamex.datasets.graph_dataset import Filter, GraphDataset
from pyg_siamex.datasets.label import (
    LabelKind,
    Labels,
    check_asked,
    encode_classes,
)
from pyg_siamex.datasets.label_column import read_label_column
from pyg_siamex.datasets.molecule_file import found_smiles, read_molecule_rows
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.rejected import Rejected

_logger = logging.getLogger(__name__)


@checked
class MoleculeTable(GraphDataset):
    """Molecules of a table: ``.csv``, ``.tsv``, ``.smi``, ``.sdf``, ``.xlsx`` or ``.parquet``.

    Args:
        path: The file; see :func:`~pyg_siamex.datasets.molecule_file.read_molecule_rows`.
        smiles: Column of the SMILES. Default: found by its name, see
            :func:`~pyg_siamex.datasets.column_names.smiles_column`.
        label: Column of the target, or ``None``.
        name: Column of the names, or ``None``.
        features: Makes the features. Default: :class:`OneHotMolecule`.
        invalid: ``"skip"`` rows without a valid molecule or label and log them, or ``"raise"``.
        standardisation: What is done to each molecule first. Default: nothing, so that all
            fragments stay as one disconnected graph.
        label_kind: ``"measured"`` or ``"classes"``. Default: guessed, see
            :func:`~pyg_siamex.datasets.label.read_labels`.
        log: Take the decimal logarithm of measured values.
        transform: Applied to a graph at every access.
        pre_transform: Applied to each graph once, after its features are made.
        pre_filter: Which graphs are kept, asked before ``pre_transform``.

    Attributes:
        features: What made the features.
        rejected: The skipped rows, with line and reason.
        class_names: Names of the classes, in the order of ``y``, or ``None`` for a continuous
            target or no target.
        label_reason: What the label was taken for, and why, in a phrase; empty without a label.
        canonical_smiles: Canonical SMILES of each molecule.
        smiles: Column of the SMILES.

    Each item is a ``Data`` with ``x``, ``edge_index``, ``edge_attr``, ``smiles`` and, with a label,
    ``y``.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file cannot be read, a column is missing, a row is invalid and
            ``invalid="raise"``, no row is left, the label is the column of the SMILES, or
            something is said of a label without one.
    """

    _per_graph = ("_graphs", "_rows", "canonical_smiles")

    def __init__(
        self,
        path: str | Path,
        smiles: str | None = None,
        label: str | None = None,
        name: str | None = None,
        features: OneHotMolecule | None = None,
        invalid: Literal["skip", "raise"] = "skip",
        standardisation: Standardisation = AS_WRITTEN,
        *,
        label_kind: LabelKind | None = None,
        log: bool = False,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
        pre_filter: Filter | None = None,
    ) -> None:
        super().__init__(transform, pre_transform, pre_filter)
        if invalid not in ("skip", "raise"):
            raise ValueError(f"invalid must be 'skip' or 'raise' (got '{invalid}')")
        check_asked(label, label_kind, log)
        path = Path(path)
        self.features: OneHotMolecule = OneHotMolecule() if features is None else features
        self.standardisation = standardisation
        self.rejected: list[Rejected] = []
        self.class_names: list[str] | None = None
        self.label_reason: str = ""
        rows = read_molecule_rows(path, [c for c in (smiles, label, name) if c is not None])
        self.smiles: str = found_smiles(path, rows, smiles)
        if label == self.smiles:
            raise ValueError(
                f"`label` is '{label}', the column of the SMILES, which makes a class of each "
                f"molecule: give the column of what is known of them"
            )
        labels = None if label is None else read_label_column(path, rows, label, label_kind, log)
        kept = self._read(rows, label, labels)
        self._report(path, invalid)
        self._rows = [rows[k] for k in kept]
        if name is not None:
            for data, row in zip(self._graphs, self._rows, strict=True):
                data.name = row.cells[name]
        if label is not None and labels is not None:
            self._set_targets([row.cells[label] for row in self._rows], label, labels, kept)
        self._prepare()

    def __repr__(self) -> str:
        """Numbers of molecules and refused rows, and what labels are, in one line."""
        classes = "" if self.class_names is None else f", {len(self.class_names)} classes"
        return f"MoleculeTable({len(self)} molecules, {len(self.rejected)} rows refused{classes})"

    @property
    def lines(self) -> list[int]:
        """Line of the file on which each molecule stands."""
        return [row.line for row in self._rows]

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self._rows[0].cells)

    @checked
    def cells(self, column: str) -> list[str]:
        """The text of each molecule in any column.

        Args:
            column: Name of the column.

        Raises:
            ValueError: If there is none.
        """
        if column not in self.columns:
            raise ValueError(f"no column '{column}': the table has {', '.join(self.columns)}")
        return [row.cells[column] for row in self._rows]

    def _read(self, rows: Sequence[Row], label: str | None, labels: Labels | None) -> list[int]:
        """Make the graphs; positions of the rows that have one."""
        self.canonical_smiles: list[str] = []
        kept = []
        for position, row in enumerate(rows):
            try:
                if row.problem:
                    raise ValueError(row.problem)
                if labels is not None and position in labels.refused:
                    raise ValueError(f"column '{label}': {labels.refused[position]}")
                mol, text = self.standardisation.prepared(row.cells[self.smiles])
                data = self.features(graph_of(mol, text))
            except ValueError as error:
                value = row.cells.get(self.smiles, "")
                self.rejected.append(Rejected(row.line, value, str(error)))
                continue
            kept.append(position)
            self._graphs.append(data)
            self.canonical_smiles.append(Chem.MolToSmiles(mol))
        return kept

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

    def _set_targets(
        self, cells: list[str], column: str, labels: Labels, kept: Sequence[int]
    ) -> None:
        targets = labels.values[list(kept)]
        if labels.kind == "classes":  # of the rows that are left
            self.class_names, targets = encode_classes(cells)
            warn_of_doubtful(f"column '{column}'", self.class_names, len(cells))
        what = "classes" if self.class_names is not None else "measured values"
        self.label_reason = f"{what} ({labels.reason})"
        for data, target in zip(self._graphs, targets, strict=True):
            data.y = target.clone()
        self._warn_of_conflicts(cells, targets.tolist())

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
