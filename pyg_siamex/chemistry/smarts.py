"""All patterns of atoms that the library searches for, and how patterns are parsed."""

from rdkit import Chem, rdBase

from pyg_siamex._door import checked

FUNCTIONAL_GROUPS: dict[str, str] = {
    "nitro": "[$([NX3](=O)=O),$([NX3+](=O)[O-])](~[OX1])~[OX1]",
    "sulfonamide": "[#16X4](=[OX1])(=[OX1])[NX3]",
    "sulfonyl": "[#16X4](=[OX1])=[OX1]",
    "sulfoxide": "[#16X3]=[OX1]",
    "phosphate": "[PX4](=[OX1])([OX2,OX1-])[OX2,OX1-]",
    "carboxylic acid": "[CX3](=[OX1])[OX2H1,OX1-]",
    "carbamate": "[NX3][CX3](=[OX1])[OX2H0]",
    "urea": "[NX3][CX3](=[OX1])[NX3]",
    "imide": "[CX3](=[OX1])[NX3][CX3]=[OX1]",
    "amide": "[NX3][CX3](=[OX1])[#6]",
    "anhydride": "[CX3](=[OX1])[OX2][CX3]=[OX1]",
    "ester": "[#6][CX3](=[OX1])[OX2H0][#6]",
    "acyl halide": "[CX3](=[OX1])[F,Cl,Br,I]",
    "aldehyde": "[CX3H1](=[OX1])[#6,#1]",
    "ketone": "[#6][CX3](=[OX1])[#6]",
    "nitrile": "[NX1]#[CX2]",
    "isocyanate": "[NX2]=[CX2]=[OX1,SX1]",
    "azide": "[NX1,NX2-]~[NX2+]~[NX2,NX1-,NX1]",
    "azo": "[NX2]=[NX2]",
    "guanidine": "[NX3][CX3](=[NX2,NX3+])[NX3]",
    "amidine": "[NX3][CX3]=[NX2,NX3+]",
    "imine": "[CX3]=[NX2]",
    "phenol": "[OX2H][c]",
    "alcohol": "[OX2H][CX4]",
    "thiol": "[SX2H]",
    "thioether": "[#6][SX2;!$(S~[!#6])][#6]",
    "ether": "[#6][OX2;!$(O[CX3]=O)][#6]",
    "amine": "[NX3;H2,H1,H0;!$(N~[!#6;!#1]);!$(N[CX3]=[OX1,SX1,NX2])]",
    "halogen": "[F,Cl,Br,I]",
    "alkyne": "[CX2]#[CX2]",
    "alkene": "[CX3]=[CX3]",
}
"""SMARTS by name; if two match the same atom, the earlier name takes it."""

ALKANE = "[R0;D2,D1][R0;D2][R0;D2,D1]"
"""An unbranched chain of three atoms."""

CARBONYL = "[CX3]=O"


MOST_MATCHES = 1_000_000
"""Most places of a pattern in a molecule; RDKit stops at a thousand by itself."""


@checked
def pattern(name: str, smarts: str) -> Chem.Mol:
    """Parse a pattern to search for in molecules.

    Args:
        name: Name of the pattern, for the error.
        smarts: The SMARTS.

    Raises:
        ValueError: If the SMARTS is invalid or has no atom.

    Example:
        >>> parse_smiles("CC#N").GetSubstructMatches(pattern("nitrile", "[NX1]#[CX2]"))
        ((2, 1),)
    """
    with rdBase.BlockLogs():
        found = Chem.MolFromSmarts(smarts)
    if found is None:
        raise ValueError(f"the SMARTS of '{name}' cannot be read: {smarts}")
    if not found.GetNumAtoms():
        raise ValueError(f"the SMARTS of '{name}' has no atom (got {smarts!r})")
    return found
