import pytest

from pyg_siamex.datasets import MoleculeTable
from pyg_siamex.recipe import MoleculeColumns, Settings, train_molecules
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
        (None, SMILES, {}, "needs `smiles` COLUMN and `label` COLUMN"),
        ("active", MoleculeColumns(), {}, "needs `smiles` COLUMN and `label` COLUMN"),
        ("active", SMILES, {"max_difference": 1.0}, "`max_difference` is for measured values"),
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
