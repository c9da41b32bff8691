"""Molecules of a table, made on access, for libraries that do not fit in memory."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from rdkit.Chem import Mol
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex.chemistry import AS_WRITTEN, Standardisation, graph_of
from pyg_siamex.data.positions import place_of
from pyg_siamex.data.transformed import Transform
from pyg_siamex.datasets.column_names import name_column
from pyg_siamex.datasets.csv_rows import Row, columns_of
from pyg_siamex.datasets.graph_dataset import IndexedGraphs
from pyg_siamex.datasets.many_molecules import molecule_graphs
from pyg_siamex.datasets.molecule_file import found_smiles, read_molecule_rows
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.rejected import Rejected


@checked
class MoleculeRows(IndexedGraphs):
    """Rows of a table as molecules, made one by one on access; no graph is kept.

    Unlike :class:`~pyg_siamex.datasets.MoleculeTable` it has no labels, and an invalid row raises
    only on access.

    Args:
        path: The file; see :func:`~pyg_siamex.datasets.molecule_file.read_molecule_rows`.
        smiles: Column of the SMILES. Default: found by its name, see
            :func:`~pyg_siamex.datasets.column_names.smiles_column`.
        name: Column of the names. Default: found by its name; if the table has none, the SMILES
            are the names.
        features: Makes the features. Default: :class:`OneHotMolecule`.
        standardisation: What is done to each molecule first. Default: nothing.
        transform: Applied to a graph at every access.

    Attributes:
        rows: The rows with their line numbers.
        smiles: Column of the SMILES.
        name: Column of the names, or ``None``.
        standardisation: What is done to each molecule first.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file cannot be read, has no rows, or has no column of SMILES.
    """

    _per_graph = ("rows",)

    def __init__(
        self,
        path: str | Path,
        smiles: str | None = None,
        name: str | None = None,
        features: OneHotMolecule | None = None,
        standardisation: Standardisation = AS_WRITTEN,
        transform: Transform | None = None,
    ) -> None:
        super().__init__(transform)
        path = self._path = Path(path)
        wanted = [column for column in (smiles, name) if column is not None]
        self.rows: list[Row] = read_molecule_rows(path, wanted)
        self.smiles: str = found_smiles(path, self.rows, smiles)
        columns = columns_of(self.rows)
        self.name: str | None = either(name, name_column(columns))
        self.features: OneHotMolecule = OneHotMolecule() if features is None else features
        self.standardisation = standardisation

    def len(self) -> int:
        """Number of rows, including invalid ones."""
        return len(self.rows)

    @property
    def num_node_features(self) -> int:
        """Columns of ``x``, without those of ``transform``."""
        return self.features.num_node_features

    @property
    def num_edge_features(self) -> int:
        """Columns of ``edge_attr``, without those of ``transform``."""
        return self.features.num_edge_features

    def get(self, idx: int) -> Data:
        """The molecule of a row, with ``smiles`` and ``name``.

        Raises:
            IndexError: If there is no such row.
            ValueError: If the row does not hold a valid molecule.
        """
        row = self.rows[place_of(idx, len(self.rows))]
        try:
            if row.problem:
                raise ValueError(row.problem)
            return self.graph(row.cells[self.smiles], self.name_of(row))
        except ValueError as error:
            raise ValueError(f"{self._path}, line {row.line}: {error}") from error.__cause__

    @checked
    def graph(self, smiles: str, name: str | None = None) -> Data:
        """The graph of any SMILES, made in the same way as the rows' graphs.

        Raises:
            ValueError: If the SMILES is invalid.
        """
        molecule, kept = self.standardisation.prepared(smiles)
        return self.features(graph_of(molecule, kept, name=either(name, smiles)))

    def name_of(self, row: Row) -> str:
        """Name of a row: its cell in the column of names, or its SMILES."""
        own = row.cells.get(self.name, "") if self.name is not None else ""
        return own or row.cells.get(self.smiles, "")

    def usable(
        self, rejected: list[Rejected], left_out: Collection[int] = ()
    ) -> Iterator[tuple[int, Data]]:
        """Position and molecule of each valid row; the other rows are added to ``rejected``.

        Rows are featurised many at a time.

        Args:
            rejected: Gets a row with its reason when it is refused.
            left_out: Positions of rows to leave out.
        """
        wanted = [position for position in range(len(self.rows)) if position not in left_out]
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            rows = [self.rows[position] for position in some]
            for position, row, graph in zip(some, rows, self._made(rows), strict=True):
                if isinstance(graph, Data):
                    yield position, graph
                else:
                    value = row.cells.get(self.smiles, "")
                    rejected.append(Rejected(row.line, value, str(graph)))

    def _made(self, rows: list[Row]) -> list[Data | ValueError]:
        """The graph of each row, or why it has none."""
        found: list[Any] = [self._prepared(row) for row in rows]
        good = [k for k, one in enumerate(found) if not isinstance(one, ValueError)]
        mols, smiles = [found[k][0] for k in good], [found[k][1] for k in good]
        names = [self.name_of(rows[k]) for k in good]
        for k, graph in zip(good, molecule_graphs(mols, smiles, names, self.features), strict=True):
            found[k] = graph
        return found

    def _prepared(self, row: Row) -> tuple[Mol, str] | ValueError:
        if row.problem:
            return ValueError(row.problem)
        try:
            return self.standardisation.prepared(row.cells[self.smiles])
        except ValueError as error:
            return error


_AT_ONCE = 256
"""Rows that are featurised together."""
