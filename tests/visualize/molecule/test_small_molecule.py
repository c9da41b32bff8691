"""A small molecule is safe SVG without colours of its own."""

from xml.etree import ElementTree

import pytest

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.visualize.molecule.small_molecule import small_molecule


@pytest.mark.parametrize("smiles", ["CCO", "C1=CC=CC=C1[N+](=O)[O-]", "[Na+].[Cl-]", "C"])
def test_it_is_one_picture_in_the_colour_of_the_page(smiles):
    markup = small_molecule(parse_smiles(smiles))
    root = ElementTree.fromstring(markup)
    assert root.tag.endswith("svg") and root.get("aria-hidden") == "true"
    width, height = (float(n) for n in root.get("viewBox").split()[2:])
    assert width > height > 0 and len(root)
    assert "#" not in markup.replace("currentColor", "") and "currentColor" in markup
    assert markup == small_molecule(parse_smiles(smiles))
