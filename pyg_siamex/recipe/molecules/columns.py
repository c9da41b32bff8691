"""Which columns of a table hold the molecules."""

from dataclasses import dataclass

from pyg_siamex._door import checked


@checked
@dataclass(frozen=True)
class MoleculeColumns:
    """How a table of molecules is read.

    Attributes:
        smiles: Column of the SMILES, by default found by its name.
        name: Column of the names, also found by its name.

    Example:
        >>> MoleculeColumns(smiles="structure").smiles
        'structure'
    """

    smiles: str | None = None
    name: str | None = None


BY_NAME = MoleculeColumns()
"""Columns are found by their names."""
