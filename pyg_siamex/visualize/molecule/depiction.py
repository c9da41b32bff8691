"""How molecules are drawn by RDKit: one style, one scale for a pair."""

from typing import Any

from rdkit import Chem
from rdkit.Chem.Draw import rdMolDraw2D

from pyg_siamex.visualize.paper.panels import Panel, Point

_LARGEST_SCALE = 28.0
"""Most pixels per angstrom, so that a small molecule is not blown up."""


def draw_pair(
    drawer: Any, molecules: list[Chem.Mol], panels: list[Panel], zoom: int
) -> tuple[list[list[Point]], float]:
    """Draw each molecule into its panel of an RDKit drawer, both at one scale.

    Returns:
        Each molecule's atom centres and the length of an angstrom, in units of the panels (the
        drawer has ``zoom`` pixels per unit).
    """
    scale = min([_LARGEST_SCALE, *map(_fitting_scale, molecules, panels)])
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
    """Set black letters, steady widths, and nothing behind the molecule."""
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


def _fitting_scale(molecule: Chem.Mol, panel: Panel) -> float:
    """Pixels per angstrom at which the molecule with its letters just fits the panel."""
    if molecule.GetNumAtoms() < 2:
        return _LARGEST_SCALE
    drawer = rdMolDraw2D.MolDraw2DSVG(round(panel.width), round(panel.height))
    set_style(drawer)
    drawer.DrawMolecule(molecule)
    positions = molecule.GetConformer().GetPositions()
    other = int(((positions - positions[0]) ** 2).sum(1).argmax())
    start, end = drawer.GetDrawCoords(0), drawer.GetDrawCoords(other)
    drawn = ((start.x - end.x) ** 2 + (start.y - end.y) ** 2) ** 0.5
    length = float(((positions[0] - positions[other]) ** 2).sum()) ** 0.5
    return 0.98 * drawn / length
