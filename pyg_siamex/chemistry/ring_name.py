"""The name of a ring system: its SMILES without substituents."""

from collections.abc import Collection

from rdkit import Chem, rdBase


def ring_smiles(molecule: Chem.Mol, system: Collection[int]) -> str:
    """Canonical SMILES of a ring system, its substituents replaced by hydrogen.

    Atoms that are double-bonded to the system belong to its name, as in pyridone.

    Args:
        molecule: The molecule.
        system: Atoms of the system.

    Example:
        >>> ring_smiles(parse_smiles("Cn1cccc1CO"), {1, 2, 3, 4, 5})
        'c1cc[nH]c1'
    """
    kept = set(system)
    for atom in system:
        for bond in molecule.GetAtomWithIdx(atom).GetBonds():
            if bond.GetBondType() == Chem.BondType.DOUBLE:
                kept.add(bond.GetOtherAtomIdx(atom))
    cuts = [
        bond.GetIdx()
        for bond in molecule.GetBonds()
        if (bond.GetBeginAtomIdx() in kept) != (bond.GetEndAtomIdx() in kept)
    ]
    with rdBase.BlockLogs():
        try:
            return _cut_out(molecule, cuts, min(system))
        except (ValueError, RuntimeError):  # valences that RDKit cannot complete
            return Chem.MolFragmentToSmiles(molecule, sorted(kept), isomericSmiles=False)


def _cut_out(molecule: Chem.Mol, cuts: list[int], atom: int) -> str:
    """SMILES of the part with an atom, with hydrogens where bonds are cut."""
    whole = Chem.Mol(molecule)
    for one in whole.GetAtoms():
        one.SetAtomMapNum(0)
        one.SetIsotope(0)
    if cuts:
        ends = [(0, 0)] * len(cuts)
        whole = Chem.FragmentOnBonds(whole, cuts, addDummies=True, dummyLabels=ends)
    numbers: list[tuple[int, ...]] = []
    parts = Chem.GetMolFrags(whole, asMols=True, sanitizeFrags=False, fragsMolAtomMapping=numbers)
    part = next(p for p, atoms in zip(parts, numbers, strict=True) if atom in atoms)
    for one in part.GetAtoms():
        if one.GetAtomicNum() == 0:
            one.SetAtomicNum(1)
    Chem.SanitizeMol(part)
    return Chem.MolToSmiles(Chem.RemoveHs(part), isomericSmiles=False)
