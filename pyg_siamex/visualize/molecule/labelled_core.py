"""A scaffold with the numbers of the places where substituents hang."""

from markupsafe import Markup

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.visualize.molecule.small_molecule import small_molecule


def labelled_core(core: str) -> Markup:
    """Draw a scaffold whose places ``[*:1]``, ``[*:2]``, ... are called R1, R2, ...

    Args:
        core: SMILES of the scaffold.

    Raises:
        ValueError: If the SMILES is invalid.
    """
    molecule = parse_smiles(core)
    for atom in molecule.GetAtoms():
        if atom.GetAtomicNum() == 0 and atom.GetAtomMapNum():
            atom.SetProp("_displayLabel", f"R<sub>{atom.GetAtomMapNum()}</sub>")
            atom.SetAtomMapNum(0)
    return small_molecule(molecule)
