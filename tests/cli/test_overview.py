"""The overview command as a user runs it."""

import csv

import pytest
import torch
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.nn import build_siamese, save_model

run = CliRunner().invoke
ELEMENTS = OneHotMolecule(["atomic_num"], [])
HEADS = {"acid": "OC(=O)", "nitro": "O=[N+]([O-])", "amide": "NC(=O)"}
TAILS = ("C", "CC", "CCC", "c1ccccc1", "C1CCCCC1", "CO", "C(C)C", "CF", "c1ccncc1", "CS")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("overview") / "library.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["smiles", "name", "group", "weight", "same"])
        for k, tail in enumerate(TAILS):
            for group, head in HEADS.items():
                writer.writerow([f"{head}{tail}", f"{group} {k}", group, len(tail) + k / 8, 0.5])
    return path


@pytest.fixture(scope="module")
def model(table):
    return saved(table.parent / "m.siamex", "cosine")


def saved(path, similarity, biases="nodes"):
    torch.manual_seed(0)
    siamese = build_siamese(
        "GIN", "add", similarity, biases, in_channels=17, hidden_channels=8, num_layers=2
    )
    save_model(siamese, path, features=ELEMENTS.to_dict())
    return path


def overview(model, table, *more):
    out = table.parent / "overview.html"
    return run(app, ["overview", str(model), str(table), "--out", str(out), *map(str, more)])


def error(*parts):
    result = run(app, list(map(str, parts)))
    assert result.exit_code == 2, result.output
    text = result.output
    assert "Traceback" not in text
    return " ".join(text.split())


def test_all_pairs_of_classes_are_told_and_written(model, table):
    result = overview(model, table, "--label", "group")
    assert result.exit_code == 0, result.output
    assert "30 of 30 graphs, 435 pairs" in " ".join(result.output.split())
    assert "within a class" in result.output and "nitro" in result.output
    page = (table.parent / "overview.html").read_text()
    assert (
        "pairs, all there are" in page
        and "carboxylic acid" in page
        and "two of \u201cnitro\u201d" in page
    )


def test_measured_values_are_cut_into_thirds(model, table, caplog):
    result = overview(model, table, "--label", "weight", "--groups", "ring-systems")
    assert result.exit_code == 0, result.output
    assert "its thirds are the classes" in caplog.text
    page = (table.parent / "overview.html").read_text()
    assert "low (up to " in page and "c1ccccc1" in page


def test_no_label_is_one_class_and_a_sample_is_said_to_be_one(model, table):
    result = overview(model, table, "--sample", "20", "--groups", "murcko-scaffold")
    assert result.exit_code == 0, result.output
    assert "20 of 30 graphs" in result.output and "another class" not in result.output
    page = (table.parent / "overview.html").read_text()
    assert "a random sample of" in page and "side chain" in page


def test_heads_without_factors_are_explained_pair_by_pair(table, tmp_path):
    mlp = saved(tmp_path / "mlp.siamex", "mlp")
    result = overview(mlp, table, "--label", "group", "--sample", "8")
    assert result.exit_code == 0, result.output
    assert "sampled pairs" in (table.parent / "overview.html").read_text()


def test_networks_of_connectomes(folder, tmp_path):
    model, out = tmp_path / "m.siamex", tmp_path / "o.html"
    data = [str(folder / "matrices"), "--labels", str(folder / "labels.csv")]
    more = ["--density", "0.3", "--atlas", str(folder / "atlas.csv"), "--folds", "2"]
    trained = ["train", *data, *more, "--hidden", "8", "--epochs", "3", "--out", str(model)]
    assert run(app, trained).exit_code == 0
    result = run(app, ["overview", str(model), *data, "--out", str(out)])
    assert result.exit_code == 0, result.output
    first = next(line for line in result.output.splitlines() if "\u2502" in line)
    assert "default" in first  # the planted network
    assert "have learned it by heart" in out.read_text()
    assert "--labels TABLE.csv" in error("overview", model, folder / "matrices")
    assert "--groups must be one of networks, regions" in error(
        "overview", model, *data, "--groups", "ring-systems"
    )


def test_classes_without_a_pair_have_a_dash_and_its_reason(model, tmp_path):
    lone = tmp_path / "lone.csv"
    rows = ["OC(=O)C,acid", "O=[N+]([O-])CC,nitro", "NC(=O)C,amide"]
    lone.write_text("\n".join(["smiles,group", *rows]))
    for label in (("--label", "group"), ()):
        result = run(
            app, ["overview", str(model), str(lone), "--out", f"{tmp_path}/o.html", *label]
        )
        assert result.exit_code == 0, result.output
        assert "nan" not in (tmp_path / "o.html").read_text().lower()
        assert "nan" not in result.output and "\u2013: no such pair" in result.output


def test_groups_of_another_domain_are_refused_with_the_library(model, folder):
    text = error("overview", model, folder / "matrices", "--groups", "ring-systems")
    assert f"(got 'ring-systems'): {folder / 'matrices'} is of connectomes" in text


def test_errors_are_one_line_and_exit_with_2(model, table, tmp_path):
    start = ("overview", model, table)
    assert "no column 'x'" in error(*start, "--label", "x")
    assert "--groups must be one of functional-groups" in error(*start, "--groups", "atoms")
    assert "cannot be cut into thirds" in error(*start, "--label", "same")
    assert "--out must end in .html" in error(*start, "--out", "a.svg")
    assert "--labels is for connectomes" in error(*start, "--labels", table)
    assert "no file or folder" in error("overview", model, tmp_path / "none.csv")


def test_a_model_whose_biases_are_on_no_part_has_no_ranked_groups(table):
    apart = saved(table.parent / "apart.siamex", "cosine", "apart")
    result = overview(apart, table, "--label", "group")
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    assert "parts do not account for the similarity" in text and "parts carry" in text
    assert "what adds to the similarity" not in text
