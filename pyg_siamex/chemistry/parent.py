"""What stays of a molecule without its salt, charges, isotopes and stereo."""

from functools import lru_cache

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

from pyg_siamex.chemistry.smiles import parse_smiles

_LARGEST = 300
"""Atoms beyond which a molecule is its own parent: RDKit takes seconds for larger ones."""


@lru_cache(maxsize=4096)
def parent_smiles(smiles: str) -> str:
    """Canonical SMILES of the parent: largest fragment, neutral, without isotopes and stereo.

    Two molecules with the same parent differ in nothing but these. Tautomers are not merged.

    Args:
        smiles: The molecule.

    Raises:
        ValueError: If the SMILES is invalid.

    Example:
        >>> parent_smiles("C[C@H](N)C(=O)[O-].[Na+]")
        'CC(N)C(=O)O'
    """
    molecule = parse_smiles(smiles)
    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(0)
    if molecule.GetNumAtoms() > _LARGEST:
        return Chem.MolToSmiles(molecule)
    with rdBase.BlockLogs():
        found = rdMolStandardize.ChargeParent(molecule)  # of the largest fragment
        found = rdMolStandardize.IsotopeParent(found, skipStandardize=True)
        found = rdMolStandardize.StereoParent(found, skipStandardize=True)
        return Chem.MolToSmiles(Chem.RemoveHs(found))
