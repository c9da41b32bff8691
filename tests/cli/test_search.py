"""The search command as a user runs it."""

import csv

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.datasets import OneHotMolecule, molecule
from pyg_siamex.nn import build_siamese, load_model, save_model

run = CliRunner().invoke
ELEMENTS = OneHotMolecule(["atomic_num"], [])


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Real molecules with names, two of them alike, and bad rows."""
    path = tmp_path_factory.mktemp("search") / "library.csv"
    ends = ("O", "N", "C(=O)O", "C#N", "[N+](=O)[O-]", "c1ccccc1", "OC", "S", "C(=O)N", "Cl")
    chains = [(n, end, "C" * n + end) for n in range(1, 6) for end in ends]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "smiles"])
        writer.writerows([f"chain {n} {end}", smiles] for n, end, smiles in chains)
        writer.writerow(["broken", "C1CC"])
        writer.writerow(["<b>bold</b>", "CC(=O)OCC"])
        writer.writerow(["twin", "CCOC(C)=O"])
    return path


@pytest.fixture(scope="module")
def model(library):
    """A model without training: search needs none."""
    torch.manual_seed(0)
    siamese = build_siamese(
        "GIN", "add", "euclidean", in_channels=17, hidden_channels=8, num_layers=2
    )
    path = library.parent / "m.siamex"
    save_model(siamese, path, features=ELEMENTS.to_dict(), test_pair_auc=0.5)
    return path


def search(model, library, query, *more):
    out = library.parent / "page.html"
    return run(
        app,
        ["search", str(model), str(library), "--query", query, "--out", str(out), *map(str, more)],
    )


def error(*parts):
    result = run(app, list(map(str, parts)))
    assert result.exit_code == 2, result.output
    text = result.output
    assert "Traceback" not in text
    return " ".join(text.split())


def test_a_query_by_smiles_finds_what_the_model_finds(model, library, caplog):
    result = search(model, library, "CCCCCCO", "-k", "3")
    assert result.exit_code == 0, result.output
    siamese, _ = load_model(model)
    rows = list(csv.DictReader(library.open()))
    query = ELEMENTS(molecule("CCCCCCO"))
    with torch.no_grad():
        scores = {
            row["name"]: float(siamese(query, ELEMENTS(molecule(row["smiles"]))))
            for row in rows
            if row["name"] != "broken"
        }
    best = max(scores, key=scores.__getitem__)
    first = next(line for line in result.output.splitlines() if "\u2502 1 " in line)
    assert best in first and f"{scores[best]:.4f}" in first
    assert "hit 1 is closer than hit 2 by" in result.output
    assert "1 rows refused" in caplog.text and "line 52" in caplog.text
    assert "pair AUC is 0.500" in result.output
    assert len((library.parent / "page.html").read_text()) > 20_000


@pytest.mark.parametrize("query", ["<b>bold</b>", "53", "CCOC(=O)C"])
def test_the_query_is_no_hit_however_it_is_named(model, library, query):
    result = search(model, library, query, "-k", "4")
    assert result.exit_code == 0, result.output
    assert "the query is in the library (<b>bold</b>, twin)" in result.output
    table = [line for line in result.output.splitlines() if "\u2502" in line]
    assert len(table) == 4 and not any("twin" in line or "bold" in line for line in table)


def test_embeddings_are_kept_and_used_until_something_changes(model, library, tmp_path):
    copy, index = tmp_path / "copy.csv", tmp_path / "kept"
    copy.write_bytes(library.read_bytes())
    asked = (model, copy, "CCCCCCO", "-k", "1")
    assert "52 embedded in" in search(*asked).output
    assert (tmp_path / "copy.csv.m.embeddings").is_file()
    again = search(*asked)
    assert "52 embeddings read from" in again.output and again.exit_code == 0
    assert "embedded in" in search(*asked, "--index", index).output and index.is_file()
    copy.write_text(copy.read_text() + "more,CCCCCCC\n")
    assert "53 embedded in" in search(*asked).output
    other = tmp_path / "m.siamex"
    siamese, metadata = load_model(model)
    with torch.no_grad():
        next(siamese.parameters()).mul_(1.5)
    save_model(siamese, other, **metadata)
    assert "53 embedded in" in search(other, *asked[1:]).output
    assert "embeddings read" in search(other, *asked[1:]).output


@pytest.mark.parametrize("method", ["masks", "occlusion", "jacobians"])
def test_hits_are_explained_by_the_method_that_is_asked_for(model, library, method):
    result = search(model, library, "CCCO", "-k", "2", "--method", method)
    assert result.exit_code == 0, result.output
    page = (library.parent / "page.html").read_text()
    name = {"masks": "MaskOptimization", "jacobians": "IntegratedJacobians"}.get(
        method, "Occlusion"
    )
    assert name in page


def test_errors_are_one_line_and_exit_with_2(model, library, tmp_path):
    start = ("search", model, library, "--query")
    assert "is neither a name nor a line of" in error(*start, "chain")
    assert "nor a molecule: invalid SMILES 'C1CC'" in error(*start, "C1CC")
    assert "did you mean chain 1 O" in error(*start, "chain 1 Ox")
    assert "library.csv has 53 entries at most" in error(*start, "CCCCCCO", "-k", "99")
    assert "--out must end in .html" in error(*start, "CC", "--out", "a.pdf")
    assert "no folder" in error(*start, "CC", "--out", tmp_path / "x" / "a.html")
    assert "--method must be one of" in error(*start, "CC", "--method", "magic")
    assert "--atlas is for connectomes" in error(*start, "CC", "--atlas", "power")
    assert "no column 'x'" in error(*start, "CC", "--smiles", "x")
    assert "line 52 of" in error(*start, "broken")
    assert "keep the embeddings in" in error(*start, "CC", "--index", tmp_path / "x" / "i")
    assert "no file or folder" in error("search", model, tmp_path / "none.csv", "--query", "CC")
    assert "is there and holds no library" in error(*start, "CC", "--index", library)
    assert library.read_text().startswith("name,smiles")
    np.savez(tmp_path / "m.npz", a=np.zeros((2, 3, 3)))
    assert "was trained on molecules, and" in error(
        "search", model, tmp_path / "m.npz", "--query", "1"
    )
    double = tmp_path / "double.csv"
    double.write_text("name,smiles\na,CC\na,CCO\n")
    assert "2 rows of" in error("search", model, double, "--query", "a")
    bad = tmp_path / "bad.csv"
    bad.write_text("name,smiles\na,CC\n")
    assert "the library has no entry besides" in error("search", model, bad, "--query", "a")
    bad.write_text("smiles\nC1CC\n")
    assert "no row is a molecule: line 2" in error("search", model, bad, "--query", "CC")


def test_subjects_are_searched_by_name(folder, tmp_path):
    model, out = tmp_path / "m.siamex", tmp_path / "s.html"
    arguments = ["train", str(folder / "matrices"), "--labels", str(folder / "labels.csv")]
    more = ["--density", "0.3", "--atlas", str(folder / "atlas.csv"), "--folds", "2"]
    result = run(app, [*arguments, *more, "--hidden", "8", "--epochs", "2", "--out", str(model)])
    assert result.exit_code == 0, result.output
    kept = str(tmp_path / "kept")
    start = ["search", str(model), str(folder / "matrices"), "--index", kept]
    asked = [*start, "-k", "2", "--out", str(out), "--method", "saliency"]
    result = run(app, [*asked, "--query", "sub-02"])
    assert result.exit_code == 0, result.output
    rows = [line for line in result.output.splitlines() if "\u2502" in line]
    assert all(int(row.split("sub-")[1][:2]) % 2 == 0 for row in rows) and len(rows) == 2
    assert "40 embeddings read" in run(app, [*asked, "--query", "sub-03"]).output
    assert "no subject 'sub-99'" in error(*start, "--query", "sub-99")
    assert "--smiles is for molecules" in error(*start, "--query", "sub-01", "--smiles", "s")
    smaller = tmp_path / "smaller"
    smaller.mkdir()
    for name in ("a", "b"):
        np.savetxt(smaller / f"{name}.csv", np.ones((5, 5)) + np.eye(5) * len(name), delimiter=",")
    assert "error" in error("search", model, smaller, "--query", "a")


@pytest.mark.parametrize("command", ["search", "overview"])
def test_help_is_for_chemists_and_neuroscientists(command):
    result = run(app, [command, "--help"])
    assert result.exit_code == 0
    assert "molecules" in result.output and "onnectomes" in result.output


def test_tables_pictures_and_estimates_are_written(model, library, tmp_path):
    table = tmp_path / "valued.csv"
    lines = library.read_text().splitlines()
    table.write_text(
        "\n".join([f"{lines[0]},value", *(f"{line},{len(line)}.5" for line in lines[1:])])
    )
    more = ("--hits", tmp_path / "hits.sdf", "--grid", tmp_path / "grid.svg", "--activity", "value")
    result = search(model, table, "CCCCO", "-k", "4", "--neighbours", "3", "--diverse", *more)
    assert result.exit_code == 0, result.output
    assert "value of the query by its 3 nearest" in result.output
    assert (tmp_path / "hits.sdf").read_text().count("$$$$") == 4
    assert (tmp_path / "grid.svg").read_text().startswith("<svg")
    start = ("search", model, table, "--query", "CCCCO")
    assert "no column 'x' for --activity" in error(*start, "--activity", "x")
    assert "--hits must end in .csv or .sdf" in error(*start, "--hits", "a.txt")


def test_an_approximate_index_is_kept_and_says_its_recall(library, model, tmp_path):
    pytest.importorskip("faiss")
    kept = tmp_path / "kept"
    found = search(model, library, "CCO", "--index", kept, "--approximate", "-k", 3)
    assert found.exit_code == 0, found.output
    text = " ".join(found.output.split())
    assert "approximate neighbours: 100.0% of the ten nearest are found, 52 entries indexed" in text
    assert (tmp_path / "kept.hnsw").is_file()
    again = search(model, library, "CCO", "--index", kept, "--approximate", "-k", 3)
    exact = search(model, library, "CCO", "--index", kept, "-k", 3)
    assert "entries indexed" not in again.output
    assert "approximate neighbours" not in exact.output
    hits = [[line for line in one.output.splitlines() if "chain" in line] for one in (again, exact)]
    assert hits[0] == hits[1] != []
