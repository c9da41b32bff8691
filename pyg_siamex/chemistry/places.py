"""Lay out the atoms of a pair with the common scaffold at the same angle on both sides."""

from collections.abc import Sequence
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdDepictor

from pyg_siamex._door import checked
from pyg_siamex.chemistry.common_atoms import common_atoms
from pyg_siamex.chemistry.layout import check_size, lay_out

_SAME_PLACE = 0.5
"""Largest distance in angstrom of two atoms at the same position."""

_SHORTEST, LONGEST = 0.8, 2.6
"""Shortest and longest drawn bond in angstrom; the usual length is 1.5."""

_SAME_SIDE = {
    Chem.BondStereo.STEREOZ: True,
    Chem.BondStereo.STEREOCIS: True,
    Chem.BondStereo.STEREOE: False,
    Chem.BondStereo.STEREOTRANS: False,
}


@checked
def lay_out_pair(query: Chem.Mol, reference: Chem.Mol) -> None:
    """Give both molecules 2-D coordinates with their common substructure aligned.

    Both are laid out by :func:`~pyg_siamex.chemistry.layout.lay_out`. If they share at least four
    connected atoms, the reference is then turned so that these atoms match the query.

    Args:
        query: A molecule; receives coordinates.
        reference: Another molecule; receives coordinates.

    Raises:
        ValueError: If a molecule has more than 2,000 atoms.

    Example:
        >>> query, reference = parse_smiles("CCCO"), parse_smiles("CCCN")
        >>> lay_out_pair(query, reference)
        >>> query.GetConformer().Is3D()
        False
    """
    lay_out_together([query, reference])


def lay_out_together(molecules: Sequence[Chem.Mol]) -> None:
    """Give molecules 2-D coordinates, each aligned with the first as :func:`lay_out_pair` does.

    Args:
        molecules: The molecules; the first is the template.

    Raises:
        ValueError: If a molecule has more than 2,000 atoms.

    Example:
        >>> molecules = [parse_smiles(text) for text in ("CCCO", "CCCN", "CCCS")]
        >>> lay_out_together(molecules)
        >>> [molecule.GetNumConformers() for molecule in molecules]
        [1, 1, 1]
    """
    for molecule in molecules:
        check_size(molecule)
    for molecule in molecules:
        lay_out(molecule)
    with rdBase.BlockLogs():
        for molecule in molecules[1:]:
            common = common_atoms(molecules[0], molecule)
            if common:
                _follow(molecule, molecules[0], common)


def extent(molecule: Chem.Mol) -> tuple[float, float]:
    """Width and height of the atoms' centres, in angstrom.

    Args:
        molecule: A molecule with coordinates.

    Example:
        >>> extent(Chem.Mol())
        (0.0, 0.0)
    """
    if not molecule.GetNumAtoms():
        return 0.0, 0.0
    positions = molecule.GetConformer().GetPositions()
    width, height, _ = positions.max(0) - positions.min(0)
    return float(width), float(height)


def _follow(molecule: Chem.Mol, template: Chem.Mol, common: list[tuple[int, int]]) -> None:
    """Turn or flip ``molecule`` onto the template, or lay it out again around the common atoms."""
    options: Any = rdDepictor.ConstrainedDepictionParams()
    options.alignOnly = True
    options.existingConfId = molecule.GetConformer().GetId()
    align = rdDepictor.GenerateDepictionMatching2DStructure
    align(molecule, template, atomMap=common, params=options)
    ours, theirs = (mol.GetConformer().GetPositions() for mol in (molecule, template))
    if max(float(abs(theirs[i] - ours[j]).max()) for i, j in common) < _SAME_PLACE:
        return
    turned = Chem.Conformer(molecule.GetConformer())
    options.alignOnly, options.forceRDKit = False, True
    align(molecule, template, atomMap=common, params=options)
    if not is_sound(molecule):
        molecule.RemoveAllConformers()
        molecule.AddConformer(turned)
        rdDepictor.StraightenDepiction(molecule, minimizeRotation=True)


def is_sound(molecule: Chem.Mol) -> bool:
    """Whether no bond is stretched and no double bond is drawn with the wrong geometry.

    Args:
        molecule: A molecule with coordinates.

    Example:
        >>> mol = parse_smiles("CCO")
        >>> lay_out_pair(mol, parse_smiles("CCN"))
        >>> is_sound(mol)
        True
    """
    positions = molecule.GetConformer().GetPositions()[:, :2]
    for bond in molecule.GetBonds():
        u, v = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        axis = positions[v] - positions[u]
        if not _SHORTEST < float((axis**2).sum()) ** 0.5 < LONGEST:
            return False
        if bond.GetStereo() in _SAME_SIDE:
            i, j = bond.GetStereoAtoms()
            normal = axis[::-1] * (-1, 1)
            sides = (
                (positions[i] - positions[u]) @ normal * ((positions[j] - positions[v]) @ normal)
            )
            if (sides > 0) != _SAME_SIDE[bond.GetStereo()]:
                return False
    return True
