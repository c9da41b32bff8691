"""Atoms that two molecules have in common: a fragment of both, or their largest substructure."""

import json
from itertools import combinations

from rdkit import Chem
from rdkit.Chem import rdFMCS

_LEAST = 4
"""Fewest atoms that count as common."""

_MCS_SECONDS, _MCS_ATOMS = 1, 80
"""Time for the maximum common substructure, and atoms of the largest molecule to look for it in."""

_ENOUGH = 0.75
"""Share of the smaller molecule that a common fragment needs to be taken."""

_CUTS, _CUT_BONDS, _FRAGMENT_ATOMS = 3, 10, 150
"""Most bonds cut at once, most bonds tried, and atoms of the largest molecule that is cut."""


def common_atoms(query: Chem.Mol, reference: Chem.Mol) -> list[tuple[int, int]]:
    """Pairs of atoms of a common substructure; empty if it is small or took too long.

    First choice is the largest fragment that both give when up to three bonds outside rings are
    cut: analogues have one, and it is found in milliseconds. If it has less than 75 % of the
    smaller molecule's atoms, the maximum common substructure is searched for one second; elements
    and rings must match, bond orders may differ.

    Args:
        query: A molecule.
        reference: Another molecule.

    Example:
        >>> common_atoms(parse_smiles("CCO"), parse_smiles("CCN"))
        []
    """
    sizes = query.GetNumAtoms(), reference.GetNumAtoms()
    shared = _common_fragment(query, reference) if max(sizes) <= _FRAGMENT_ATOMS else []
    if len(shared) >= max(_ENOUGH * min(sizes), _LEAST):
        return shared
    larger = _common_substructure(query, reference) if max(sizes) <= _MCS_ATOMS else []
    best = max(shared, larger, key=len)
    return best if len(best) >= _LEAST else []


def _common_fragment(query: Chem.Mol, reference: Chem.Mol) -> list[tuple[int, int]]:
    """Atoms of the largest fragment with the same canonical SMILES, in its order."""
    ours, theirs = _fragments(query), _fragments(reference)
    both = sorted(ours.keys() & theirs.keys(), key=lambda smiles: (-len(ours[smiles]), smiles))
    return list(zip(ours[both[0]], theirs[both[0]], strict=True)) if both else []


def _fragments(molecule: Chem.Mol) -> dict[str, list[int]]:
    """Atoms of each fragment, in the order of its SMILES, by SMILES."""
    bonds = [bond.GetIdx() for bond in molecule.GetBonds() if _is_cut(bond)][:_CUT_BONDS]
    out: dict[str, list[int]] = {}
    seen: set[tuple[int, ...]] = set()
    for count in range(_CUTS + 1):
        for cuts in combinations(bonds, count):
            for atoms in _parts(molecule, cuts):
                if len(atoms) >= _LEAST and atoms not in seen:
                    seen.add(atoms)
                    smiles = Chem.MolFragmentToSmiles(molecule, atoms, isomericSmiles=False)
                    order = json.loads(molecule.GetProp("_smilesAtomOutputOrder"))
                    out.setdefault(smiles, order)
    return out


def _is_cut(bond: Chem.Bond) -> bool:
    """Whether a bond is single, outside rings, and not the last of an atom."""
    ends = bond.GetBeginAtom(), bond.GetEndAtom()
    single = bond.GetBondType() == Chem.BondType.SINGLE and not bond.IsInRing()
    return single and all(end.GetDegree() > 1 for end in ends) and any(e.IsInRing() for e in ends)


def _parts(molecule: Chem.Mol, cuts: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    if not cuts:
        return Chem.GetMolFrags(molecule)
    return Chem.GetMolFrags(Chem.FragmentOnBonds(molecule, cuts, addDummies=False))


def _common_substructure(query: Chem.Mol, reference: Chem.Mol) -> list[tuple[int, int]]:
    found = rdFMCS.FindMCS(
        [query, reference],
        timeout=_MCS_SECONDS,
        ringMatchesRingOnly=True,
        completeRingsOnly=True,
        bondCompare=rdFMCS.BondCompare.CompareAny,
        ringCompare=rdFMCS.RingCompare.StrictRingFusion,
    )
    if found.canceled or found.numAtoms < _LEAST:
        return []
    pattern = Chem.MolFromSmarts(found.smartsString)
    matches = query.GetSubstructMatch(pattern), reference.GetSubstructMatch(pattern)
    return list(zip(*matches, strict=True))
