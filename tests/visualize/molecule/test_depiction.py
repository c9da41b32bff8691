"""Molecules drawn by RDKit, both at one scale."""

import pytest

from pyg_siamex.chemistry import lay_out_pair, parse_smiles
from pyg_siamex.visualize.molecule.depiction import draw_in_panels, set_style
from pyg_siamex.visualize.molecule.small_molecule import small_molecule
from pyg_siamex.visualize.paper.canvas import SVGCanvas
from pyg_siamex.visualize.paper.panels import panels


def drawn(one, other):
    molecules = [parse_smiles(one), parse_smiles(other)]
    lay_out_pair(*molecules)
    places = panels((700, 300), titled=False)
    drawer = SVGCanvas(700, 300, None, "").drawer(int(places[0].width), int(places[0].height))
    set_style(drawer)
    return molecules, places, draw_in_panels(drawer, molecules, places, 1)


@pytest.mark.parametrize("pair", [("CCO", "CCN"), ("CCCCCCCCCCCCCCCC", "C"), ("C1CC1", "c1ccccc1")])
def test_atoms_lie_in_their_panels_and_bonds_have_one_length(pair):
    molecules, places, placed = drawn(*pair)
    assert len({unit for _, unit in placed}) == 1
    for molecule, place, (points, scale) in zip(molecules, places, placed, strict=True):
        positions = molecule.GetConformer().GetPositions()
        for x, y in points:
            assert place.x - 1 <= x <= place.x + place.width + 1
            assert place.y - 1 <= y <= place.y + place.height + 1
        for bond in molecule.GetBonds():
            i, j = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
            angstrom = ((positions[i] - positions[j]) ** 2).sum() ** 0.5
            pixels = sum((a - b) ** 2 for a, b in zip(points[i], points[j], strict=True)) ** 0.5
            assert pixels == pytest.approx(scale * angstrom, rel=0.02)


def test_small_molecules_are_not_blown_up():
    _, _, placed = drawn("CC", "CO")
    assert [unit for _, unit in placed] == [28.0, 28.0]


def test_a_molecule_beside_one_too_large_to_read_has_its_own_scale():
    _, _, placed = drawn("NC(Cc1ccccc1)C(=O)" * 40, "CCO")
    assert placed[0].unit < 11 and placed[1].unit == 28.0


def test_a_small_molecule_takes_the_colour_of_the_page():
    text = small_molecule(parse_smiles("CCO"))
    assert "currentColor" in text and "#000000" not in text
    assert text.startswith("<svg ") and text.endswith("</svg>")
