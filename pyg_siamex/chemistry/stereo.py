"""Stereochemistry of atoms and double bonds by the rules of Cahn, Ingold and Prelog."""

from rdkit import Chem
from rdkit.Chem import rdCIPLabeler

from pyg_siamex.chemistry.smiles import parse_smiles

CIP_LABELS = ("R", "S", "E", "Z")
"""Labels that atoms have: R and S their own, E and Z those of their double bond."""

_MOST_STEPS = 1_250_000
"""Steps after which the labels of a molecule are given up (a few symmetric cages need more)."""


def cip_labels(smiles: str) -> list[set[str]]:
    """The labels of each atom, in the order of the SMILES.

    Both atoms of a double bond have its E or Z. Pseudoasymmetric centres (r, s) are R and S.

    Args:
        smiles: The molecule.

    Raises:
        ValueError: If the SMILES cannot be read, or is too symmetric to be labelled.

    Example:
        >>> cip_labels("C[C@H](N)C(=O)O")[1], cip_labels("C/C=C/C")[1]
        ({'S'}, {'E'})
    """
    mol = parse_smiles(smiles)
    try:
        rdCIPLabeler.AssignCIPLabels(mol, maxRecursiveIterations=_MOST_STEPS)
    except RuntimeError as error:
        raise ValueError(f"the stereochemistry of '{smiles}' cannot be labelled") from error
    found: list[set[str]] = [set() for _ in range(mol.GetNumAtoms())]
    for atom in mol.GetAtoms():
        found[atom.GetIdx()] |= _label(atom)
    for bond in mol.GetBonds():
        for end in (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()):
            found[end] |= _label(bond)
    return found


def has_stereo(smiles: str) -> bool:
    """Whether a molecule is written with a stereocentre or a directed double bond.

    Args:
        smiles: The molecule.

    Raises:
        ValueError: If the SMILES cannot be read.

    Example:
        >>> has_stereo("C[C@H](N)C(=O)O"), has_stereo("CC(N)C(=O)O")
        (True, False)
    """
    mol = parse_smiles(smiles)
    return Chem.MolToSmiles(mol) != Chem.MolToSmiles(mol, isomericSmiles=False) and (
        any(str(atom.GetChiralTag()) != "CHI_UNSPECIFIED" for atom in mol.GetAtoms())
        or any(bond.GetStereo() > Chem.BondStereo.STEREOANY for bond in mol.GetBonds())
    )


def _label(part: Chem.Atom | Chem.Bond) -> set[str]:
    label = part.GetProp("_CIPCode").upper() if part.HasProp("_CIPCode") else ""
    return {label} if label in CIP_LABELS else set()
