"""Where a pair's atoms lie: the common scaffold at the same angle on both sides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from rdkit import Chem, rdBase
from rdkit.Chem import rdDepictor, rdFMCS

Point = tuple[float, float]
MIN_COMMON_ATOMS = 4
MCS_SECONDS = 1
MCS_ATOMS = 80
SAME_PLACE = 0.5
"""Angstrom by which atoms may differ and still count as lying alike."""

SHORTEST, LONGEST = 0.8, 2.6
"""Angstrom between which a drawn bond may be long; the usual length is 1.5."""

SAME_SIDE = {
    Chem.BondStereo.STEREOZ: True,
    Chem.BondStereo.STEREOCIS: True,
    Chem.BondStereo.STEREOE: False,
    Chem.BondStereo.STEREOTRANS: False,
}
LARGEST_SCALE = 28.0
"""Pixels per angstrom beyond which a small molecule is not blown up."""


class Panel(NamedTuple):
    """A molecule's place in the picture: left, top, width and height in pixels."""

    x: float
    y: float
    width: float
    height: float


def lay_out_pair(query: Chem.Mol, reference: Chem.Mol) -> None:
    """Give both molecules 2-D coordinates, the maximum common substructure aligned.

    Both are laid out by CoordGen and straightened. Where they share at least four connected
    atoms, the reference is then turned so that these lie as in the query.
    """
    with _coordgen(), rdBase.BlockLogs():
        _lay_out(query)
        _lay_out(reference)
        common = _common_atoms(query, reference)
        if common:
            _follow(reference, query, common)


def extent(molecule: Chem.Mol) -> Point:
    """Width and height of the atoms' centres, in angstrom."""
    if not molecule.GetNumAtoms():
        return 0.0, 0.0
    positions = molecule.GetConformer().GetPositions()
    width, height, _ = positions.max(0) - positions.min(0)
    return float(width), float(height)


def draw_pair(
    drawer: Any, molecules: list[Chem.Mol], panels: list[Panel], zoom: int
) -> tuple[list[list[Point]], float]:
    """Draw each molecule into its panel of an RDKit drawer, both at one scale.

    Returns:
        Each molecule's atom centres and the length of an angstrom, in units of the panels (the
        drawer has ``zoom`` pixels per unit).
    """
    scale = min([LARGEST_SCALE, *map(_fitting_scale, molecules, panels)])
    centres = []
    for molecule, panel in zip(molecules, panels, strict=True):
        options = drawer.drawOptions()
        options.fixedBondLength = scale * zoom
        drawer.SetOffset(round(panel.x * zoom), round(panel.y * zoom))
        drawer.DrawMolecule(molecule)
        points = map(drawer.GetDrawCoords, range(molecule.GetNumAtoms()))
        centres.append([(point.x / zoom, point.y / zoom) for point in points])
    return centres, scale


def set_style(drawer: Any, zoom: int = 1, atom_numbers: bool = False) -> None:
    """Black and white letters, steady widths, and nothing behind the molecule."""
    options = drawer.drawOptions()
    options.useBWAtomPalette()
    options.clearBackground = False
    options.bondLineWidth = 1.6 * zoom
    options.scaleBondWidth = False
    options.minFontSize = 5 * zoom
    options.maxFontSize = 20 * zoom
    options.addAtomIndices = atom_numbers
    options.annotationFontScale = 0.6
    options.padding = 0.02


@contextmanager
def _coordgen() -> Iterator[None]:
    before = rdDepictor.GetPreferCoordGen()
    rdDepictor.SetPreferCoordGen(True)
    try:
        yield
    finally:
        rdDepictor.SetPreferCoordGen(before)


def _lay_out(molecule: Chem.Mol) -> None:
    rdDepictor.Compute2DCoords(molecule)
    if molecule.GetNumAtoms() > 1 and not any(extent(molecule)):
        # CoordGen leaves all atoms in one place beyond some 450 of them.
        rdDepictor.SetPreferCoordGen(False)
        rdDepictor.Compute2DCoords(molecule)
        rdDepictor.SetPreferCoordGen(True)
    if molecule.GetNumAtoms() > 1:
        rdDepictor.NormalizeDepiction(molecule)
        rdDepictor.StraightenDepiction(molecule)


def _follow(molecule: Chem.Mol, template: Chem.Mol, common: list[tuple[int, int]]) -> None:
    """Turn or flip ``molecule`` onto the template, or lay it out anew around the common atoms."""
    options: Any = rdDepictor.ConstrainedDepictionParams()
    options.alignOnly = True
    options.existingConfId = molecule.GetConformer().GetId()
    align = rdDepictor.GenerateDepictionMatching2DStructure
    align(molecule, template, atomMap=common, params=options)
    ours, theirs = (mol.GetConformer().GetPositions() for mol in (molecule, template))
    if max(float(abs(theirs[i] - ours[j]).max()) for i, j in common) < SAME_PLACE:
        return
    turned = Chem.Conformer(molecule.GetConformer())
    options.alignOnly, options.forceRDKit = False, True
    align(molecule, template, atomMap=common, params=options)
    if not is_sound(molecule):
        molecule.RemoveAllConformers()
        molecule.AddConformer(turned)
        rdDepictor.StraightenDepiction(molecule, minimizeRotation=True)


def is_sound(molecule: Chem.Mol) -> bool:
    """Whether no bond is stretched and no double bond is drawn with the wrong geometry."""
    positions = molecule.GetConformer().GetPositions()[:, :2]
    for bond in molecule.GetBonds():
        u, v = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        axis = positions[v] - positions[u]
        if not SHORTEST < float((axis**2).sum()) ** 0.5 < LONGEST:
            return False
        if bond.GetStereo() in SAME_SIDE:
            i, j = bond.GetStereoAtoms()
            normal = axis[::-1] * (-1, 1)
            sides = (
                (positions[i] - positions[u]) @ normal * ((positions[j] - positions[v]) @ normal)
            )
            if (sides > 0) != SAME_SIDE[bond.GetStereo()]:
                return False
    return True


def _common_atoms(query: Chem.Mol, reference: Chem.Mol) -> list[tuple[int, int]]:
    """Atom pairs of the maximum common substructure; none if it is small or took too long.

    Elements and rings must match and bond orders need not: it is the shape that counts.
    """
    if max(query.GetNumAtoms(), reference.GetNumAtoms()) > MCS_ATOMS:
        return []
    found = rdFMCS.FindMCS(
        [query, reference],
        timeout=MCS_SECONDS,
        ringMatchesRingOnly=True,
        completeRingsOnly=True,
        bondCompare=rdFMCS.BondCompare.CompareAny,
        ringCompare=rdFMCS.RingCompare.StrictRingFusion,
    )
    if found.canceled or found.numAtoms < MIN_COMMON_ATOMS:
        return []
    pattern = Chem.MolFromSmarts(found.smartsString)
    matches = query.GetSubstructMatch(pattern), reference.GetSubstructMatch(pattern)
    return list(zip(*matches, strict=True))


def _fitting_scale(molecule: Chem.Mol, panel: Panel) -> float:
    """Pixels per angstrom at which the molecule with its letters just fits the panel."""
    from rdkit.Chem.Draw import rdMolDraw2D

    if molecule.GetNumAtoms() < 2:
        return LARGEST_SCALE
    drawer = rdMolDraw2D.MolDraw2DSVG(round(panel.width), round(panel.height))
    set_style(drawer)
    drawer.DrawMolecule(molecule)
    positions = molecule.GetConformer().GetPositions()
    other = int(((positions - positions[0]) ** 2).sum(1).argmax())
    start, end = drawer.GetDrawCoords(0), drawer.GetDrawCoords(other)
    drawn = ((start.x - end.x) ** 2 + (start.y - end.y) ** 2) ** 0.5
    length = float(((positions[0] - positions[other]) ** 2).sum()) ** 0.5
    return 0.98 * drawn / length
