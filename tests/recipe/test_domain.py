import numpy as np
import pytest
import torch

from pyg_siamex.nn import build_siamese
from pyg_siamex.recipe import (
    ConnectomeView,
    MatrixReading,
    MoleculeColumns,
    MoleculeView,
    Trained,
    domain_named,
    domain_of_model,
    domain_of_path,
    explain,
)
from pyg_siamex.recipe.domain import domain_of_both


def trained(**metadata) -> Trained:
    torch.manual_seed(0)
    model = build_siamese("GIN", in_channels=3, hidden_channels=4, num_layers=1)
    return Trained(model, metadata)


@pytest.fixture
def archive(tmp_path):
    np.savez(tmp_path / "m.npz", a=np.zeros((2, 3, 3)))
    return tmp_path / "m.npz"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("smiles\nCC\n")
    return path


def test_files_say_what_they_hold(tmp_path, archive, table):
    assert domain_of_path(tmp_path).name == domain_of_path(archive).name == "connectomes"
    assert domain_of_path(table).name == "molecules"


def test_a_name_must_fit_the_files(archive, table):
    assert domain_of_path(table, "molecules").name == "molecules"
    assert domain_of_path(table, "connectomes").name == "connectomes"  # rows of triangles
    smiles = table.with_suffix(".smi")
    smiles.write_text("CCO ethanol")
    with pytest.raises(ValueError, match="holds no matrices: give a folder"):
        domain_of_path(smiles, "connectomes")
    with pytest.raises(ValueError, match="is not a table of molecules: give a file"):
        domain_of_path(archive, "molecules")
    with pytest.raises(ValueError, match=r"`domain` must be one of molecules, connectomes"):
        domain_of_path(table, "cars")
    with pytest.raises(FileNotFoundError, match="no file or folder at"):
        domain_of_path(table.with_name("none"))


@pytest.mark.parametrize("named", [None, "molecules", "connectomes"])
def test_a_model_is_no_library(tmp_path, named):
    path = tmp_path / "m.siamex"
    trained(features={}).save(path)
    with pytest.raises(ValueError, match=r"m\.siamex holds 'model' of pyg_siamex, no graphs: give"):
        domain_of_path(path, named)
    with pytest.raises(ValueError, match="no graphs"):
        domain_of_both(trained(graphs={}), path)


def test_a_model_says_what_it_was_trained_on():
    assert domain_of_model(trained(features={})).name == "molecules"
    assert domain_of_model(trained(graphs={})).name == "connectomes"
    with pytest.raises(ValueError, match="the model does not say how its features were made"):
        domain_of_model(trained())


def test_a_library_of_another_domain_is_refused(archive, table):
    assert domain_of_both(trained(features={}), table).name == "molecules"
    with pytest.raises(ValueError, match=r"was trained on molecules, and .* of connectomes"):
        domain_of_both(trained(features={}), archive)


@pytest.mark.parametrize(
    ("name", "reading", "view", "other"),
    [
        ("molecules", MoleculeColumns, MoleculeView, MatrixReading),
        ("connectomes", MatrixReading, ConnectomeView, MoleculeColumns),
    ],
)
def test_each_domain_has_its_own_reading_and_view(name, reading, view, other):
    domain = domain_named(name)
    assert domain.name == name
    assert domain.read_by(None) == reading() and domain.viewed_by(None) == view()
    own = reading()
    assert domain.read_by(own) is own
    with pytest.raises(TypeError, match=f"reading must be {reading.__name__} for {name}"):
        domain.read_by(other())


def test_arguments_are_named_as_in_python():
    with pytest.raises(ValueError, match="`method` must be one of masks"):
        explain(trained(features={}), "CC", "CO", method="magic")
    with pytest.raises(TypeError, match="view must be MoleculeView for molecules"):
        explain(trained(features={}), "CC", "CO", view=ConnectomeView())


@pytest.mark.parametrize("given", [None, 3, "model.siamex"])
def test_what_is_no_trained_model_has_no_domain(given):
    with pytest.raises(TypeError, match="`trained` must be a Trained"):
        domain_of_model(given)
