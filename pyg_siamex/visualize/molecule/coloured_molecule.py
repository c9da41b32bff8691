"""Colours behind the atoms and bonds of one molecule."""

from rdkit import Chem

from pyg_siamex.visualize.molecule.atoms_and_bonds import Importance
from pyg_siamex.visualize.molecule.depiction import Placed
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.raster import Canvas

ATOM_RADIUS, _BOND_WIDTH = 0.42, 0.5
"""Of the colours behind atoms and bonds, in angstrom."""


def colour_behind(
    canvas: Canvas,
    which: str,
    molecule: Chem.Mol,
    placed: Placed,
    importance: Importance,
    scale: ColourScale,
) -> None:
    """Draw bars behind bonds, the strongest on top, and discs behind atoms.

    Args:
        canvas: The picture.
        which: Name of the molecule in the classes of its marks.
        molecule: The molecule.
        placed: Where its atoms are.
        importance: Importance of its atoms, its bonds, or both.
        scale: The colours.
    """
    bonds = importance.bonds or {}
    for (u, v), value in sorted(bonds.items(), key=lambda item: (abs(item[1]), item[0])):
        tip = f"bond {u}\u2013{v}: {number(value)}"
        mark = f"bond {which} atom-{u} atom-{v}"
        ends = placed.centres[u], placed.centres[v]
        canvas.bar(*ends, _BOND_WIDTH * placed.unit, scale.colour(value), mark, tip)
    for atom, value in enumerate(importance.atoms or []):
        tip = f"{molecule.GetAtomWithIdx(atom).GetSymbol()}{atom}: {number(value)}"
        mark = f"atom {which} atom-{atom}"
        radius = ATOM_RADIUS * placed.unit
        canvas.disc(placed.centres[atom], radius, scale.colour(value), mark, tip)
