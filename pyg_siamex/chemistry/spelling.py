"""Readable names of atoms and bonds."""

from collections.abc import Sequence

from rdkit import Chem

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole

_BONDS = {
    Chem.BondType.DOUBLE: "=",
    Chem.BondType.TRIPLE: "#",
    Chem.BondType.AROMATIC: ":",
}
"""Sign of each bond that is not single."""


@checked
def atom_names(molecule: Chem.Mol) -> list[str]:
    """Element and number of each atom.

    Args:
        molecule: The molecule.

    Example:
        >>> atom_names(parse_smiles("CCO"))
        ['C0', 'C1', 'O2']
    """
    return [f"{atom.GetSymbol()}{atom.GetIdx()}" for atom in molecule.GetAtoms()]


@checked
def bond_name(molecule: Chem.Mol, one: int, other: int, atoms: Sequence[str] | None = None) -> str:
    """The two atoms of a bond with its sign between them.

    Args:
        molecule: The molecule.
        one: Number of an atom.
        other: Number of an atom bonded to it.
        atoms: Names of all atoms. Default: :func:`atom_names`.

    Raises:
        ValueError: If there is no such atom or bond, or the names do not fit.

    Example:
        >>> bond_name(parse_smiles("CC=O"), 1, 2)
        'C1=O2'
    """
    count = molecule.GetNumAtoms()
    for name, atom in (("one", one), ("other", other)):
        whole(name, atom, 0, count - 1)
    names = atom_names(molecule) if atoms is None else atoms
    if len(names) != count:
        raise ValueError(f"{len(names)} names for {count} atoms")
    bond = molecule.GetBondBetweenAtoms(one, other)
    if bond is None:
        raise ValueError(f"there is no bond between the atoms {one} and {other}")
    return _BONDS.get(bond.GetBondType(), "-").join((str(names[one]), str(names[other])))
