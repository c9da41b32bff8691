"""One molecule as a small picture without colours."""

from collections.abc import Sequence

from markupsafe import Markup
from rdkit import Chem, rdBase
from rdkit.Chem.Draw import rdMolDraw2D

from pyg_siamex.chemistry import lay_out_pair
from pyg_siamex.chemistry.layout import lay_out
from pyg_siamex.visualize.molecule.depiction import set_style

_WIDTH, _HEIGHT, _MARK = 260, 180, 13


def small_molecule(molecule: Chem.Mol) -> Markup:
    """Draw a molecule as inline SVG in the colour of the page's letters.

    Args:
        molecule: The molecule, which is given coordinates.

    Raises:
        ValueError: If it has more than 2,000 atoms.
    """
    lay_out(molecule)
    return _drawn(molecule, ())


def small_pair(
    molecules: tuple[Chem.Mol, Chem.Mol], marked: Sequence[Sequence[int]]
) -> list[Markup]:
    """Draw two molecules whose common part lies alike, with marks behind some of their atoms.

    Args:
        molecules: The molecules, which are given coordinates.
        marked: Atoms of each that are marked.

    Raises:
        ValueError: If one has more than 2,000 atoms.
    """
    lay_out_pair(*molecules)
    return [_drawn(one, atoms) for one, atoms in zip(molecules, marked, strict=True)]


def _drawn(molecule: Chem.Mol, marked: Sequence[int]) -> Markup:
    drawer = rdMolDraw2D.MolDraw2DSVG(_WIDTH, _HEIGHT)
    set_style(drawer)
    with rdBase.BlockLogs():
        drawer.DrawMolecule(molecule)
    drawer.FinishDrawing()
    body = drawer.GetDrawingText().split("<!-- END OF HEADER -->", 1)[1].rsplit("</svg>", 1)[0]
    body = body.replace("#000000", "currentColor").replace("\n", " ")
    return Markup(
        f'<svg class="molecule-small" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true" '
        f'xmlns="http://www.w3.org/2000/svg">{_marks(drawer, marked)}{body}</svg>'
    )


def _marks(drawer: rdMolDraw2D.MolDraw2DSVG, atoms: Sequence[int]) -> str:
    places = [drawer.GetDrawCoords(int(atom)) for atom in atoms]
    return "".join(
        f'<circle class="marked" cx="{place.x:.1f}" cy="{place.y:.1f}" r="{_MARK}"/>'
        for place in places
    )
