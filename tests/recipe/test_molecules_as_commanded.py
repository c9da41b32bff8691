"""Recipes for molecules give what the commands give."""

import pytest
import torch
from molecule_tables import write_molecules
from same import assert_same_model, assert_told, command

from pyg_siamex.explain import PairExplanation
from pyg_siamex.recipe import (
    MoleculeColumns,
    MoleculeView,
    Settings,
    Trained,
    explain,
    overview,
    search,
    train_molecules,
)
from pyg_siamex.visualize import overview_report, search_report

PAIR = ("Cc1ccccc1[N+](=O)[O-]", "CC[N+](=O)[O-]")
SMILES = MoleculeColumns(smiles="smiles")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_molecules(tmp_path_factory.mktemp("molecules") / "molecules.csv")


@pytest.fixture(scope="module")
def model(table):
    """The file that the command wrote."""
    out = table.parent / "command.siamex"
    named = ("--smiles", "smiles", "--label", "group", "--epochs", 2, "--hidden", 8)
    command("train", table, *named, "--out", out)
    return out


def test_the_same_model(table, model):
    trained = train_molecules(table, "group", SMILES, settings=Settings(epochs=2, hidden=8))
    trained.save(table.parent / "recipe.siamex")
    assert_same_model(model, table.parent / "recipe.siamex")
    assert trained.summary()["rows refused"] == "1"
    own = trained.summary()["test pair AUC, the model"]
    assert own.startswith(f"{trained.metadata['test_pair_auc']:.3f} (")


@pytest.mark.parametrize("method", [None, "bilrp"])
def test_the_same_explanation_table_and_picture(model, tmp_path, method):
    named = () if method is None else ("--method", method)
    out, kept = tmp_path / "command.svg", tmp_path / "pair.pt"
    output = command("explain", model, *PAIR, "--out", out, "--save", kept, *named)
    explained = explain(Trained.load(model), *PAIR, method=method)
    explained.draw(tmp_path / "recipe.svg")
    assert (tmp_path / "recipe.svg").read_bytes() == out.read_bytes()
    assert_told(explained, output)
    saved, own = PairExplanation.load(kept), explained.explanation
    assert saved.prediction == own.prediction
    for side in ("query", "reference"):
        one, other = (getattr(found, side) for found in (saved, own))
        assert one.get("edge_mask") is None or torch.equal(one.edge_mask, other.edge_mask)
    assert saved.relevance is None or torch.equal(saved.relevance, own.relevance)


def test_the_same_page_and_numbered_picture(model, tmp_path):
    names = ("--names", "tol,eth", "--method", "gradient")
    numbered = ("--atom-numbers", *names)
    command("explain", model, *PAIR, "--out", tmp_path / "command.html", *names)
    command("explain", model, *PAIR, "--out", tmp_path / "command.png", *numbered)
    view = MoleculeView(atom_numbers=True)
    trained, called = Trained.load(model), ("tol", "eth")
    explain(trained, *PAIR, method="gradient", names=called).draw(tmp_path / "recipe.html")
    explain(trained, *PAIR, method="gradient", names=called, view=view).draw(
        tmp_path / "recipe.png"
    )
    assert "The model&#39;s test pair AUC" in (tmp_path / "recipe.html").read_text()
    for suffix in ("html", "png"):
        assert (tmp_path / f"recipe.{suffix}").read_bytes() == (
            tmp_path / f"command.{suffix}"
        ).read_bytes()


def test_the_same_hits_and_page(table, model, tmp_path):
    page, index = tmp_path / "command.html", tmp_path / "kept"
    asked = ("--query", PAIR[0], "-k", 3, "--index", index)
    output = command("search", model, table, *asked, "--out", page)
    found = search(Trained.load(model), table, PAIR[0], k=3, index=index)
    assert "embeddings read from" in found.kept
    search_report(found.result, tmp_path / "recipe.html", notes=found.notes)
    assert (tmp_path / "recipe.html").read_bytes() == page.read_bytes()
    rows = [line.split("\u2502") for line in output.splitlines() if "\u2502" in line]
    assert [row[2].strip() for row in rows] == [hit.name for hit in found.result.hits]
    assert [row[3].strip() for row in rows] == [
        f"{hit.similarity:.4f}" for hit in found.result.hits
    ]


def test_the_same_overview_and_page(table, model, tmp_path):
    page = tmp_path / "command.html"
    output = command("overview", model, table, "--label", "group", "--out", page)
    seen = overview(Trained.load(model), table, "group")
    overview_report(
        seen.overview,
        tmp_path / "recipe.html",
        graphs=seen.labelled.graphs,
        total=seen.labelled.total,
        r_groups=seen.r_groups,
        notes=seen.notes,
    )
    assert (tmp_path / "recipe.html").read_bytes() == page.read_bytes()
    first = seen.overview.drivers.iloc[0]
    assert f"{first['within']:+.4f}" in output and first["group"] in output


def test_a_model_that_was_never_saved_keeps_no_embeddings(table):
    settings = Settings(epochs=1, hidden=4)
    trained = train_molecules(table, "group", SMILES, settings=settings)
    before = set(table.parent.iterdir())
    found = search(trained, table, "CCO", k=1, method="saliency")
    assert found.kept.endswith("not saved")
    assert set(table.parent.iterdir()) == before


def test_the_overview_says_which_wedges_are_not_read(model, tmp_path):
    path = tmp_path / "isomers.csv"
    path.write_text("smiles\nC[C@H](O)c1ccccc1\nC[C@@H](N)c1ccccc1\nCCO\nCCN\n")
    words = "does not read stereochemistry"
    assert words in "\n".join(overview(Trained.load(model), path).notes)
    path.write_text("smiles\nCC(O)c1ccccc1\nCC(N)c1ccccc1\nCCO\nCCN\n")
    assert words not in "\n".join(overview(Trained.load(model), path).notes)
