"""Murcko scaffolds of molecules of any size."""

from rdkit import Chem
from rdkit.Chem.Scaffolds import MurckoScaffold


def scaffold_of(molecule: Chem.Mol) -> Chem.Mol:
    """The Murcko scaffold by RDKit, without atoms where there is no ring.

    RDKit takes chains off atom by atom, in a time that grows with the cube of their length. Atoms
    that are neither between rings nor next to these are of no scaffold, and are taken off first.

    Args:
        molecule: The molecule; it is not changed.

    Example:
        >>> Chem.MolToSmiles(scaffold_of(Chem.MolFromSmiles("CCCC1CC1=O")))
        'O=C1CC1'
    """
    kept = _between_rings(molecule)
    near = kept | {atom.GetIdx() for k in kept for atom in _neighbours(molecule, k)}
    if not near:
        return Chem.Mol()
    part = Chem.RWMol(molecule)
    part.BeginBatchEdit()
    for k in range(molecule.GetNumAtoms()):
        if k not in near:
            part.RemoveAtom(k)
    part.CommitBatchEdit()
    Chem.FastFindRings(part)
    found: Chem.Mol = MurckoScaffold.GetScaffoldForMol(part.GetMol())
    return found


def _between_rings(molecule: Chem.Mol) -> set[int]:
    """Atoms of rings and of chains between them: what is left when ends are taken off."""
    degrees = [atom.GetDegree() for atom in molecule.GetAtoms()]
    kept = set(range(len(degrees)))
    ends = [k for k, degree in enumerate(degrees) if degree < 2]
    while ends:
        end = ends.pop()
        kept.discard(end)
        for atom in _neighbours(molecule, end):
            k = atom.GetIdx()
            degrees[k] -= 1
            if k in kept and degrees[k] == 1:
                ends.append(k)
    return kept


def _neighbours(molecule: Chem.Mol, atom: int) -> tuple[Chem.Atom, ...]:
    return tuple(molecule.GetAtomWithIdx(atom).GetNeighbors())
