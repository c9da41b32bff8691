"""Options about pictures are refused where no picture is made."""

from pathlib import Path

import pytest

from pyg_siamex.recipe import ConnectomeView, MoleculeView

GIVEN = [
    (MoleculeView(atom_numbers=True), "atom_numbers"),
    (MoleculeView(size="900x400"), "size"),
    (MoleculeView(dpi=300), "dpi"),
    (MoleculeView(scales="own"), "scales"),
    (ConnectomeView(columns=1), "columns"),
    (ConnectomeView(style="circles"), "style"),
]


@pytest.mark.parametrize(("view", "name"), GIVEN, ids=[name for _, name in GIVEN])
def test_a_page_has_no_options_of_pictures(view, name, monkeypatch):
    monkeypatch.setattr("pyg_siamex.recipe.connectomes.view._atlas", lambda *given: None)
    with pytest.raises(ValueError, match=f"`{name}` is for pictures, and 'pair.html' is a page"):
        view.check(Path("pair.html"), None)
    assert name in view.pictured


def test_dots_per_inch_are_of_pixels():
    MoleculeView(dpi=300).check(Path("pair.png"), None)
    with pytest.raises(ValueError, match=r"'pair.svg' has no pixels: use .png"):
        MoleculeView(dpi=300).check(Path("pair.svg"), None)
