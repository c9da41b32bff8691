"""What recipes return shows itself in a line and in notebooks."""

from html import escape

import pytest
from molecule_tables import write_molecules

from pyg_siamex.recipe import Listing, Settings, Trained, explain, overview, search, train_molecules

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_molecules(tmp_path_factory.mktemp("shown") / "molecules.csv", every=8)


@pytest.fixture(scope="module")
def trained(table):
    return train_molecules(table, "group", settings=Settings(epochs=1, hidden=8))


def test_a_trained_model_is_one_line_and_a_table(trained, tmp_path):
    assert repr(trained) == "TrainedMolecules(encoder='GIN', rule='same class')"
    html = trained._repr_html_()
    assert html.count("<tr>") == len(trained.summary())
    trained.save(tmp_path / "model.siamex")
    assert "model.siamex" in repr(Trained.load(tmp_path / "model.siamex"))


def test_a_fit_result_does_not_print_its_history(trained):
    assert "history" not in repr(trained.fit_result)


def test_an_explained_pair_is_one_line_and_a_picture(trained):
    explained = explain(trained, "CCO", "CC#N", method="occlusion")
    assert "'CCO' and 'CC#N'" in repr(explained) and len(repr(explained)) < 200
    html = explained._repr_html_()
    assert "data:image/svg+xml;base64," in html and "importance" in html
    assert "CCO and CC#N" in html
    assert explained.notes and all(escape(note) in html for note in explained.notes)


def test_hits_and_overviews_are_tables(trained, table):
    found = search(trained, table, "CC#N", k=3, method="occlusion")
    assert repr(found).startswith("Found(SearchResult(") and "<table" in found._repr_html_()
    seen = overview(trained, table, "group")
    assert repr(seen).startswith("Seen(Overview(") and "drives similarity" in seen._repr_html_()


def test_listings_escape_their_cells():
    html = Listing("<b>", ("<i>",), [("<script>",)])._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html
