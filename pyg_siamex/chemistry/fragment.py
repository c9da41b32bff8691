"""Strip salts and solvents."""

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize


def largest_fragment(molecule: Chem.Mol) -> str:
    """Canonical SMILES of the largest organic fragment of a salt or mixture.

    Parse the result to get a molecule whose atoms are in the order of that SMILES.

    Args:
        molecule: The mixture.

    Example:
        >>> largest_fragment(parse_smiles("CC(=O)[O-].[Na+]"))
        'CC(=O)[O-]'
    """
    chooser = rdMolStandardize.LargestFragmentChooser(preferOrganic=True)
    with rdBase.BlockLogs():
        return Chem.MolToSmiles(chooser.choose(molecule))
