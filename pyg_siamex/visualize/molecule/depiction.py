"""How molecules are drawn by RDKit: one style, one scale."""

from typing import Any, NamedTuple

from rdkit import Chem
from rdkit.Chem.Draw import rdMolDraw2D

from pyg_siamex.visualize.paper.panels import Panel, Point

_LARGEST_SCALE = 28.0
"""Most pixels per angstrom, so that a small molecule is not blown up."""

_READABLE = 11.0
"""Pixels per angstrom below which a molecule is hard to read."""

_LINE, _THINNEST, _SHARE = 1.6, 0.5, 0.085
"""Width of a bond's line in pixels, at least, and at most in angstrom."""


class Placed(NamedTuple):
    """Where the atoms of a drawn molecule are.

    Attributes:
        centres: Centre of each atom, in units of the panel.
        unit: Length of an angstrom in the same units.
    """

    centres: list[Point]
    unit: float


def draw_in_panels(
    drawer: Any, molecules: list[Chem.Mol], panels: list[Panel], zoom: float
) -> list[Placed]:
    """Draw each molecule into its panel of an RDKit drawer, all at one scale.

    Where one of them is so large that nothing could be read at its scale, each has its own.

    Args:
        drawer: The drawer, with ``zoom`` pixels per unit of the panels.
        molecules: Molecules with coordinates.
        panels: As many places.
        zoom: Pixels per unit.
    """
    fitting = [min(_LARGEST_SCALE, fit) for fit in map(_fitting_scale, molecules, panels)]
    if min(fitting) >= _READABLE:
        fitting = [min(fitting)] * len(fitting)
    placed = []
    for molecule, panel, scale in zip(molecules, panels, fitting, strict=True):
        options = drawer.drawOptions()
        options.fixedBondLength = scale * zoom
        options.bondLineWidth = zoom * min(_LINE, max(_THINNEST, _SHARE * scale))
        drawer.SetOffset(round(panel.x * zoom), round(panel.y * zoom))
        drawer.DrawMolecule(molecule)
        points = map(drawer.GetDrawCoords, range(molecule.GetNumAtoms()))
        centres = [(point.x / zoom, point.y / zoom) for point in points]
        placed.append(Placed(centres, scale))
    return placed


def set_style(drawer: Any, zoom: float = 1.0, atom_numbers: bool = False) -> None:
    """Set black letters, steady widths, and nothing behind the molecule."""
    options = drawer.drawOptions()
    options.useBWAtomPalette()
    options.clearBackground = False
    options.bondLineWidth = _LINE * zoom
    options.scaleBondWidth = False
    options.minFontSize = round(5 * zoom)
    options.maxFontSize = round(20 * zoom)
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
    return float(0.98 * drawn / length)
