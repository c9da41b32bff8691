import random

import pytest
from molecule_tables import write_molecules
from rdkit import Chem

from pyg_siamex.datasets import FunctionalGroups, MoleculeTable
from pyg_siamex.recipe import (
    MoleculeColumns,
    Preparation,
    Settings,
    Trained,
    explain,
    overview,
    train_molecules,
)
from pyg_siamex.recipe.molecules.fingerprint_baselines import NEIGHBOURS, TANIMOTO
from pyg_siamex.recipe.molecules.remembered import Remembered
from pyg_siamex.recipe.molecules.training import advised_model

ROWS = ("CCO;yes;1.5", "CCN;no;2.5", "CCCO;yes;3.5", "CCCN;no;0.5", "OCCO;yes;2.0", "NCCN;no;1.0")
SMILES = MoleculeColumns(smiles="smiles")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("smiles;active;value\n" + "\n".join(ROWS))
    return path


def test_a_few_molecules_are_judged_by_what_was_learned(table, caplog):
    trained = train_molecules(table, "active", SMILES, settings=Settings(epochs=1, hidden=4))
    assert "6 molecules are too few to hold some out" in caplog.text
    assert "training_pair_auc" in trained.metadata and "test_pair_auc" not in trained.metadata
    assert "training pair AUC" in trained.summary()
    assert trained.summary()["classes"] == "no, yes"


def test_measured_values_are_alike_within_half_a_standard_deviation(table):
    trained = train_molecules(table, "value", SMILES, settings=Settings(epochs=1, hidden=4))
    assert trained.metadata["rule"] == "values differ by at most 0.54"
    named = train_molecules(
        table, "value", SMILES, max_difference=1.0, settings=Settings(epochs=1, hidden=4)
    )
    assert named.metadata["rule"] == "values differ by at most 1"


@pytest.mark.parametrize(
    ("label", "columns", "more", "words"),
    [
        ("none", SMILES, {}, "no column 'none'"),
        ("active", MoleculeColumns(smiles="structure"), {}, "no column 'structure'"),
        ("active", SMILES, {"log": True}, "`log` is for measured values: .* such as 'yes'"),
        (
            "active",
            SMILES,
            {"max_difference": 1.0},
            "`max_difference` is for .*column 'active': no label is a number, such as 'yes'",
        ),
        (
            "active",
            SMILES,
            {"max_difference": 1.0, "label_kind": "classes"},
            "`max_difference` is for measured values",
        ),
        ("active", SMILES, {"settings": Settings(folds=3)}, "`folds` is for connectomes"),
    ],
)
def test_what_cannot_be_trained_is_refused(table, label, columns, more, words):
    with pytest.raises(ValueError, match=words):
        train_molecules(table, label, columns, **more)


@pytest.mark.parametrize("encoder", [None, "GINE", "GAT"])
def test_the_advised_model_reads_the_features_of_the_table(table, encoder):
    molecules = MoleculeTable(table)
    model = advised_model(molecules, Settings(encoder=encoder, hidden=8))
    assert model.config["encoder"] == (encoder or "GIN")
    assert model.embed(molecules[0]).shape == (1, 8)


def test_columns_are_found_by_their_names(table, tmp_path):
    trained = train_molecules(table, settings=Settings(epochs=1, hidden=4))
    assert trained.metadata["label"] == "'active'"
    other = tmp_path / "other.csv"
    other.write_text("smiles,remark\nCC,a\nCCC,b\n")
    with pytest.raises(ValueError, match="name the label as `label`, of smiles, remark"):
        train_molecules(other)


def test_the_user_decides_what_the_label_is(table):
    settings = Settings(epochs=1, hidden=4)
    table.write_text(table.read_text().replace("0.5", "1.5").replace("2.0", "1.5"))
    classes = train_molecules(table, "value", label_kind="classes", settings=settings)
    assert classes.metadata["rule"] == "same class" and len(classes.table.class_names) == 4
    logs = train_molecules(table, "value", log=True, settings=settings)
    assert logs.metadata["label"] == "log10 of 'value'"
    assert logs.summary()["label"].startswith("log10 of 'value': measured values")


def test_the_model_keeps_how_its_molecules_are_made_and_what_it_was_trained_on(table, tmp_path):
    preparation = Preparation(largest_fragment=True, stereo=True)
    trained = train_molecules(
        table, "active", preparation=preparation, settings=Settings(epochs=1, hidden=4)
    )
    trained.save(tmp_path / "model.siamex")
    known = Remembered.by(Trained.load(tmp_path / "model.siamex"))
    assert known.standardisation == preparation.standardisation() and known.reads_stereo
    assert known.trained_on.molecules == 6 and known.trained_on.elements == ["C", "N", "O"]


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    path = write_molecules(tmp_path_factory.mktemp("held") / "groups.csv", every=2)
    settings = Settings(epochs=2, hidden=8, split="scaffold")
    return train_molecules(path, "group", settings=settings)


def test_held_out_figures_stand_beside_fingerprints(held):
    rows = held.summary()
    assert rows["split"].startswith("by Murcko scaffold (")
    assert {"training", "validation", "test"} <= set(held.metadata["parts"])
    assert list(held.judged) == ["the model", TANIMOTO, NEIGHBOURS]
    for name, found in held.judged.items():
        assert rows[f"test pair AUC, {name}"] == str(found)
        assert found.low < found.auc < found.high
    assert held.metadata["test_pair_auc"] == held.judged["the model"].auc
    assert "training pair AUC" not in rows and "validation pair AUC" in rows


def test_nothing_is_called_what_it_is_not(table):
    rows = train_molecules(table, "active", settings=Settings(epochs=1, hidden=4)).summary()
    assert "validation pair AUC" not in rows and not [name for name in rows if "test" in name]
    assert rows["split"] == "nothing is held out (6 training)"


def test_an_explained_pair_says_how_good_the_model_is_beside_fingerprints(held):
    explained = explain(held, "Cc1ccccc1[N+](=O)[O-]", "CC#N", method="gradient")
    own, tanimoto = held.judged["the model"], held.judged[TANIMOTO]
    assert (
        f"the model's test pair AUC is {own}, {TANIMOTO} {tanimoto.auc:.3f}" in explained.notes[0]
    )


def test_an_overview_reads_the_label_as_the_training_did(table, tmp_path):
    path = tmp_path / "codes.csv"
    text = table.read_text().replace("yes;1.5", "yes;10").replace("no;2.5", "no;20")
    path.write_text(text.replace("3.5", "10").replace("0.5", "20").replace("2.0", "30"))
    settings = Settings(epochs=1, hidden=4)
    trained = train_molecules(path, "value", label_kind="classes", settings=settings)
    seen = overview(trained, path, "value")
    assert seen.labelled.class_names == trained.table.class_names


def test_random_labels_of_molecules_that_stand_several_times_are_at_chance(tmp_path):
    """Other isomers, atom maps and spellings of a molecule are not new to the model."""
    random.seed(2)
    whole, rows = FunctionalGroups(), []
    for k in range(0, len(whole), 16):
        mol, label = Chem.MolFromSmiles(whole[k].smiles), random.randint(0, 1)
        mapped = Chem.Mol(mol)
        for atom in mapped.GetAtoms():
            atom.SetAtomMapNum(atom.GetIdx() + 1)
        others = Chem.MolToSmiles(mol, doRandom=True), Chem.MolToSmiles(mapped)
        rows += [f"{text},{label}" for text in (whole[k].smiles, *others)]
    path = tmp_path / "random.csv"
    path.write_text("smiles,y\n" + "\n".join(rows))
    settings = Settings(epochs=15, hidden=16, layers=2)
    found = train_molecules(path, "y", settings=settings).judged["the model"]
    assert found.low <= 0.5 <= found.high
