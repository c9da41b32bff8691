"""Molecules of a table, made on access, for libraries that do not fit in memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from torch_geometric.data import Data

from pyg_siamex._given import either
from pyg_siamex.chemistry import graph_of, largest_fragment, parse_smiles
from pyg_siamex.datasets.csv_rows import Row, read_rows
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.rejected import Rejected

_SMILES_COLUMNS = ("smiles", "canonical_smiles", "smi", "structure")
_NAME_COLUMNS = ("name", "id", "compound id", "compound", "molecule")


class MoleculeRows:
    """Rows of a CSV file as molecules, made one by one on access; no graph is kept.

    Unlike :class:`~pyg_siamex.datasets.MoleculeTable` it has no labels, and an invalid row raises
    only on access.

    Args:
        path: The file, UTF-8, with a header; comma, semicolon or tab.
        smiles: Column of the SMILES. Default: ``smiles``, ``canonical_smiles``, ``smi`` or
            ``structure``, in upper or lower case.
        name: Column of the names. Default: ``name``, ``id``, ``compound id``, ``compound`` or
            ``molecule``; if the table has none of them, the SMILES are the names.
        transform: Makes the features. Default: :class:`OneHotMolecule`.
        largest_fragment: Keep the largest organic fragment of a salt or mixture.

    Attributes:
        rows: The rows with their line numbers.
        smiles: Column of the SMILES.
        name: Column of the names, or ``None``.
        largest_fragment: Whether salts and solvents are stripped.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file cannot be read, has no rows, or has no column of SMILES.
    """

    def __init__(
        self,
        path: str | Path,
        smiles: str | None = None,
        name: str | None = None,
        transform: OneHotMolecule | None = None,
        largest_fragment: bool = False,
    ) -> None:
        path = Path(path)
        self.rows = read_rows(path, [column for column in (smiles, name) if column is not None])
        if not self.rows:
            raise ValueError(f"{path} has a header and no rows")
        columns = list(next((row.cells for row in self.rows if row.cells), {}))
        found = either(smiles, _first(columns, _SMILES_COLUMNS))
        if found is None:
            raise ValueError(
                f"{path} has no column called {', '.join(_SMILES_COLUMNS)}: name the one of the "
                f"SMILES among {', '.join(columns)}"
            )
        self.smiles, self.name = found, either(name, _first(columns, _NAME_COLUMNS))
        self.transform = OneHotMolecule() if transform is None else transform
        self.largest_fragment = largest_fragment

    def __len__(self) -> int:
        """Number of rows, including invalid ones."""
        return len(self.rows)

    def __getitem__(self, position: int) -> Data:
        """The molecule of a row, with ``smiles`` and ``name``.

        Raises:
            ValueError: If the row does not hold a valid molecule.
        """
        row = self.rows[position]
        if row.problem:
            raise ValueError(row.problem)
        return self.graph(row.cells[self.smiles], self.name_of(row))

    def graph(self, smiles: str, name: str | None = None) -> Data:
        """The graph of any SMILES, made in the same way as the rows' graphs.

        Raises:
            ValueError: If the SMILES is invalid.
        """
        molecule = parse_smiles(smiles)
        if self.largest_fragment:
            smiles = largest_fragment(molecule)
            molecule = parse_smiles(smiles)  # nodes in the order of the SMILES that is kept
        return self.transform(graph_of(molecule, smiles, name=either(name, smiles)))

    def name_of(self, row: Row) -> str:
        """Name of a row: its cell in the column of names, or its SMILES."""
        own = row.cells.get(self.name, "") if self.name is not None else ""
        return own or row.cells.get(self.smiles, "")

    def usable(self, rejected: list[Rejected]) -> Iterator[tuple[int, Data]]:
        """Position and molecule of each valid row; the other rows are added to ``rejected``."""
        for position, row in enumerate(self.rows):
            try:
                yield position, self[position]
            except ValueError as error:
                value = row.cells.get(self.smiles, "")
                rejected.append(Rejected(row.line, value, str(error)))


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    by_case = {column.lower(): column for column in reversed(columns)}
    return next((by_case[name] for name in wanted if name in by_case), None)
