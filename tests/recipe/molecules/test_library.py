"""Molecules are found by name, by line and by structure, and what is not usable is said."""

import logging
from dataclasses import replace

import pytest
import torch

from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.nn import build_siamese
from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.molecules.library import MoleculeLibrary

STRIPPED = {"standardisation": {"largest_fragment": True}}
ROWS = [
    ("ethanol", "CCO"),
    ("broken", "C1CC"),
    ("amine", "CCN"),
    ("twice", "CCC"),
    ("twice", "CCCC"),
    ("salt", "CCO.[Na+]"),
]


@pytest.fixture
def trained():
    features = OneHotMolecule(["atomic_num", "degree"], [])
    torch.manual_seed(0)
    width = len(features.node_feature_names)
    arguments = {"in_channels": width, "hidden_channels": 4, "num_layers": 1}
    model = build_siamese("GIN", "add", "cosine", **arguments)
    return Trained(model.eval(), {"features": features.to_dict()})


@pytest.fixture
def path(tmp_path):
    lines = ["name,smiles", *(",".join(row) for row in ROWS)]
    path = tmp_path / "library.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_rows_are_found_by_name_by_line_and_else_by_structure(trained, path):
    library = MoleculeLibrary(path, trained)
    embedded = library.embed(trained.model)
    library.use(embedded)
    assert library.find("amine") == (2, "amine") and library.find("4") == (2, "amine")
    assert library.entry(2) == 1 and library[1].smiles == "CCN"
    graph, name = library.find("CCCO")
    assert graph.smiles == "CCCO" and name == "CCCO" and library.entry(graph) is graph


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("twice", "2 rows of .* are named 'twice', lines 5, 6: give the line"),
        ("broken", "line 3 of .* is not a molecule"),
        ("ethanal", "neither a name nor a line .*did you mean ethanol"),
        ("line 99", "neither a name nor a line .*'line 99' contains a blank: no SMILES does"),
    ],
)
def test_what_is_not_found_is_told(trained, path, text, message):
    with pytest.raises(ValueError, match=message):
        MoleculeLibrary(path, trained).find(text)


def test_embeddings_are_of_the_usable_rows_and_others_are_listed(trained, path, caplog):
    library = MoleculeLibrary(path, trained)
    embedded = library.embed(trained.model)
    assert embedded.columns["rows"].tolist() == [0, 2, 3, 4, 5]
    with caplog.at_level(logging.WARNING):
        library.use(embedded)
    assert "1 rows refused" in caplog.text and "line 3: 'C1CC'" in caplog.text
    expected = torch.cat([trained.model.embed(library[k]) for k in range(5)])
    torch.testing.assert_close(embedded.embeddings, expected.detach())


def test_the_fingerprint_is_of_the_file_and_of_how_it_is_read(trained, path):
    source = MoleculeLibrary(path, trained).source
    assert MoleculeLibrary(path, trained).source == source
    stripped = replace(trained, metadata={**trained.metadata, **STRIPPED})
    assert MoleculeLibrary(path, stripped).source != source
    path.write_text(path.read_text() + "more,CO\n")
    assert MoleculeLibrary(path, trained).source != source


def test_molecules_are_standardised_as_the_model_remembers(trained, path):
    stripped = replace(trained, metadata={**trained.metadata, **STRIPPED})
    library = MoleculeLibrary(path, stripped)
    library.use(library.embed(stripped.model))
    assert library[4].smiles == "CCO" and library[4].name == "salt"
    graph, name = library.find("CCCO.Cl")
    assert graph.smiles == "CCCO" and name == "CCCO.Cl"


def test_a_file_without_molecules_is_refused(trained, tmp_path):
    path = tmp_path / "none.csv"
    path.write_text("name,smiles\nbroken,C1CC\n")
    with pytest.raises(ValueError, match="no row is a molecule"):
        MoleculeLibrary(path, trained).embed(trained.model)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.double(),
        lambda rows: rows - 1,
        lambda rows: rows + 1000,
        lambda rows: rows.flip(0),
        lambda rows: rows * 0,
        lambda rows: rows[:, None],
    ],
    ids=["numbers", "below 0", "beyond", "turned", "equal", "columns"],
)
def test_embeddings_of_other_rows_are_refused(trained, path, change):
    library = MoleculeLibrary(path, trained)
    embedded = library.embed(trained.model)
    embedded.columns["rows"] = change(embedded.columns["rows"])
    with pytest.raises(ValueError, match=r"do not say which rows of .* delete their file"):
        library.use(embedded)


def test_a_name_that_is_the_smiles_of_another_row_is_said(trained, tmp_path, caplog):
    path = tmp_path / "library.csv"
    path.write_text("name,smiles\nCCO,CCN\nCCN,CCN\n")
    library = MoleculeLibrary(path, trained)
    assert library.find("CCO") == (0, "CCO")
    assert [said for said in caplog.messages if "'CCO' is the name of CCN" in said]
    caplog.clear()
    assert library.find("CCN") == (1, "CCN") and not caplog.messages


def test_a_row_with_a_problem_is_left_out_also_of_known_embeddings(trained, tmp_path):
    path = tmp_path / "library.csv"
    path.write_text("name,smiles\nethanol,CCO\namine,CCN\ncopy,CCO,more\n")
    first = MoleculeLibrary(path, trained).embed(trained.model)
    library = MoleculeLibrary(path, trained)
    again = library.embed(trained.model, first)
    assert first.names == again.names == ["ethanol", "amine"]
    library.use(again)
    assert [library[k].smiles for k in range(len(again))] == ["CCO", "CCN"]


def test_names_are_found_without_the_blanks_around_them(trained, path):
    assert MoleculeLibrary(path, trained).find(" ethanol ") == (0, "ethanol")
