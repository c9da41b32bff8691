"""Molecules without some of their atoms, as SMILES."""

from collections.abc import Collection
from typing import Literal, get_args

from rdkit import Chem, rdBase

LeaveOut = Literal["delete", "mask"]
"""What leaving atoms out means."""


def without_atoms(molecule: Chem.Mol, atoms: Collection[int], how: LeaveOut = "delete") -> str:
    """Canonical SMILES of a molecule without some atoms.

    ``"delete"`` removes the atoms and gives their neighbours hydrogens for the bonds that they
    lose, to the next usual valence: a sulfone without one oxygen is a sulfoxide. Charges stay.
    Aromatic rings are written with single and double bonds first, and an opened ring is a chain of
    these. What falls apart stays, as fragments between dots. ``"mask"`` turns the atoms into dummy
    atoms ``*``, with the same bonds.

    Args:
        molecule: The molecule.
        atoms: Numbers of the atoms.
        how: ``"delete"`` or ``"mask"``.

    Returns:
        The SMILES; empty if no atom is left.

    Raises:
        ValueError: If ``how`` is unknown, or RDKit cannot make a molecule of the rest.

    Example:
        >>> without_atoms(parse_smiles("CC(=O)O"), [2]), without_atoms(parse_smiles("CCO"), [1])
        ('CCO', 'C.O')
        >>> without_atoms(parse_smiles("c1ccccc1O"), [6], "mask")
        '*c1ccccc1'
    """
    if how not in get_args(LeaveOut):
        raise ValueError(
            f"`leave_out` must be one of {', '.join(get_args(LeaveOut))} (got '{how}')"
        )
    out = set(atoms)
    with rdBase.BlockLogs():
        rest = _masked(molecule, out) if how == "mask" else _cut(molecule, out)
        try:
            Chem.SanitizeMol(rest)
        except ValueError as error:
            raise ValueError(f"no molecule without atoms {sorted(out)}: {error}") from error
        return Chem.MolToSmiles(rest)


def _masked(molecule: Chem.Mol, out: set[int]) -> Chem.Mol:
    """Dummy atoms for some atoms."""
    rest = Chem.RWMol(molecule)
    Chem.Kekulize(rest, clearAromaticFlags=True)
    for k in out:
        rest.ReplaceAtom(k, Chem.Atom(0))
    return rest.GetMol()


def _cut(molecule: Chem.Mol, out: set[int]) -> Chem.Mol:
    """Hydrogens for the bonds to some atoms."""
    rest = Chem.RWMol(molecule)
    Chem.Kekulize(rest, clearAromaticFlags=True)
    for bond in rest.GetBonds():
        ends = bond.GetBeginAtom(), bond.GetEndAtom()
        for atom, other in (ends, ends[::-1]):
            if other.GetIdx() in out and atom.GetIdx() not in out and atom.GetNoImplicit():
                lost = round(bond.GetBondTypeAsDouble())
                atom.SetNumExplicitHs(atom.GetNumExplicitHs() + lost)
    for atom in rest.GetAtoms():
        if any(other.GetIdx() in out for other in atom.GetNeighbors()):
            atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    rest.BeginBatchEdit()
    for k in out:
        rest.RemoveAtom(k)
    rest.CommitBatchEdit()
    return rest.GetMol()
