"""The strongest bond lies on top, and atoms over bonds."""

from rdkit import Chem

from pyg_siamex.visualize.molecule.atoms_and_bonds import Importance
from pyg_siamex.visualize.molecule.coloured_molecule import ATOM_RADIUS, colour_behind
from pyg_siamex.visualize.molecule.depiction import Placed
from pyg_siamex.visualize.paper.canvas import SVGCanvas
from pyg_siamex.visualize.paper.colour import ColourScale


def test_the_strongest_bond_lies_over_weaker_ones_and_atoms_over_both(read):
    canvas, scale = SVGCanvas(100, 40, None, ""), ColourScale(2.0, signed=True)
    placed = Placed([(10.0, 20.0), (40.0, 20.0), (70.0, 20.0)], 20.0)
    importance = Importance([0.5, 0.0, -1.0], {(0, 1): -2.0, (1, 2): 0.5})
    colour_behind(canvas, "hit", Chem.MolFromSmiles("CCO"), placed, importance, scale)
    drawn = read(canvas.finish().decode())
    assert list(drawn.bonds("hit")) == [(1, 2), (0, 1)]
    assert drawn.bonds("hit")[0, 1] == scale.colour(-2.0)
    assert drawn.place("hit", 2) == (70.0, 20.0)
    assert float(drawn.atom("hit", 2).get("r")) == ATOM_RADIUS * 20.0
    assert drawn.atom("hit", 2)[0].text == "O2: \u22121"
    assert canvas.parts.index(next(p for p in canvas.parts if "<circle" in p)) > 2
