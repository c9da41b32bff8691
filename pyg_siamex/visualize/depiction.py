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

    The query is laid out by CoordGen and straightened. The reference follows it where they share
    at least four connected atoms, and is laid out by itself otherwise.
    """
    with _coordgen(), rdBase.BlockLogs():
        _lay_out(query)
        common = _common_atoms(query, reference)
        if common:
            rdDepictor.GenerateDepictionMatching2DStructure(reference, query, atomMap=common)
        else:
            _lay_out(reference)


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
    if molecule.GetNumAtoms() > 1:
        rdDepictor.NormalizeDepiction(molecule)
        rdDepictor.StraightenDepiction(molecule)


def _common_atoms(query: Chem.Mol, reference: Chem.Mol) -> list[tuple[int, int]]:
    """Atom pairs of the maximum common substructure; none if it is small or took too long."""
    if max(query.GetNumAtoms(), reference.GetNumAtoms()) > MCS_ATOMS:
        return []
    found = rdFMCS.FindMCS(
        [query, reference],
        timeout=MCS_SECONDS,
        ringMatchesRingOnly=True,
        completeRingsOnly=True,
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
