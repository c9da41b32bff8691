"""Which columns of a table hold the molecules."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MoleculeColumns:
    """How a table of molecules is read.

    Attributes:
        smiles: Column of the SMILES; needed for training, by default found by its name.
        name: Column of the names, also found by its name.
        largest_fragment: Strip salts and solvents, keep the largest organic part.

    Example:
        >>> MoleculeColumns(smiles="structure").largest_fragment
        False
    """

    smiles: str | None = None
    name: str | None = None
    largest_fragment: bool = False


BY_NAME = MoleculeColumns()
"""Columns are found by their names."""
