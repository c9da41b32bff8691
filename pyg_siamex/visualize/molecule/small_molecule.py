"""One molecule as a small picture without colours."""

from collections.abc import Sequence

from markupsafe import Markup
from rdkit import Chem, rdBase
from rdkit.Chem.Draw import rdMolDraw2D

from pyg_siamex.chemistry.layout import lay_out
from pyg_siamex.visualize.molecule.depiction import set_style

_WIDTH, _HEIGHT, _RING = 260, 180, 10


def small_molecule(molecule: Chem.Mol, marked: Sequence[int] = ()) -> Markup:
    """Draw a molecule as inline SVG in the colour of the page's letters.

    Args:
        molecule: The molecule, which is given coordinates.
        marked: Atoms with a ring around them.

    Raises:
        ValueError: If it has more than 2,000 atoms.
    """
    lay_out(molecule)
    drawer = rdMolDraw2D.MolDraw2DSVG(_WIDTH, _HEIGHT)
    set_style(drawer)
    with rdBase.BlockLogs():
        drawer.DrawMolecule(molecule)
    drawer.FinishDrawing()
    body = drawer.GetDrawingText().split("<!-- END OF HEADER -->", 1)[1].rsplit("</svg>", 1)[0]
    body = body.replace("#000000", "currentColor").replace("\n", " ") + _rings(drawer, marked)
    return Markup(
        f'<svg class="molecule-small" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true" '
        f'xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    )


def _rings(drawer: rdMolDraw2D.MolDraw2DSVG, atoms: Sequence[int]) -> str:
    places = [drawer.GetDrawCoords(int(atom)) for atom in atoms]
    return " ".join(
        f'<circle class="marked" cx="{place.x:.1f}" cy="{place.y:.1f}" r="{_RING}"/>'
        for place in places
    )
