"""Pairs of molecules are drawn in the formats that there are."""

from pathlib import Path

import pytest
from explained import molecule, small_model

from pyg_siamex import Occlusion, PairExplainer
from pyg_siamex.recipe import Explained, Listing, MoleculeView


@pytest.fixture(scope="module")
def explained():
    model = small_model(9)
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    explanation = explainer(molecule("CCO"), molecule("CCN"))
    listing = Listing("strongest", ("bond",), [])
    return Explained(
        explanation, 0.5, None, ("CCO", "CCN"), ("one", "other"), [], listing, MoleculeView()
    )


@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<"), (".png", b"\x89PNG"), (".html", b"<!")]
)
def test_each_format_is_written(explained, tmp_path, suffix, start):
    explained.draw(tmp_path / f"pair{suffix}")
    assert (tmp_path / f"pair{suffix}").read_bytes().startswith(start)


def test_pictures_have_the_given_names(explained, tmp_path):
    explained.draw(tmp_path / "pair.svg")
    text = (tmp_path / "pair.svg").read_text()
    assert "one" in text and "other" in text


@pytest.mark.parametrize(
    ("view", "name", "message"),
    [
        (MoleculeView(), "pair.doc", r"`out` must end in \.svg or \.png or \.html"),
        (MoleculeView(atom_numbers=True), "pair.html", "`atom_numbers` is for pictures"),
        (MoleculeView(size="900x400"), "pair.html", "`size` is for pictures"),
        (MoleculeView(size="9x4"), "pair.svg", "`size` must have .* 240 to 10000"),
        (MoleculeView(size="wide"), "pair.svg", "`size` must be WIDTHxHEIGHT"),
        (MoleculeView(dpi=7), "pair.png", "`dpi` must be at least 50"),
        (MoleculeView(scales="two"), "pair.svg", "`scales` must be one of auto, shared, own"),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is_explained(view, name, message):
    with pytest.raises(ValueError, match=message):
        view.check(Path(name), None)


def test_pictures_have_the_size_that_was_asked_for(explained, tmp_path):
    view = MoleculeView(size="127x76.2mm", dpi=300)
    view.draw(explained, tmp_path / "pair.png")
    content = (tmp_path / "pair.png").read_bytes()
    assert [int.from_bytes(content[k : k + 4]) for k in (16, 20)] == [1500, 900]
