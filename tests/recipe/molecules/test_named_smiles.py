"""Names stand for molecules of a library."""

import pytest

from pyg_siamex.recipe import MoleculeView
from pyg_siamex.recipe.molecules.named_smiles import NamedSmiles


@pytest.fixture
def named(tmp_path):
    path = tmp_path / "drugs.csv"
    path.write_text("id;structure\nethanol;CCO\nalcohol;CCO\nx;CC\nx;CCC\ny;CO\ny;CO\nbad;C1\n")
    return NamedSmiles.of(MoleculeView(library=path, smiles="structure", name="id"))


def test_a_name_gives_what_the_library_writes(named):
    assert named.smiles("ethanol") == named.smiles(" alcohol ") == "CCO"
    assert named.smiles("y") == "CO", "the same molecule twice is one"
    assert named.smiles("bad") == "C1" and named.smiles("CCO") is None


def test_a_name_of_two_molecules_is_refused(named):
    with pytest.raises(ValueError, match=r"2 rows of .* are named 'x', lines 4, 5"):
        named.smiles("x")


def test_names_like_it_are_shown(named):
    assert "did you mean ethanol" in named.absent("etanol")


@pytest.mark.parametrize("column", ["smiles", "name"])
def test_columns_of_no_library_are_refused(column):
    with pytest.raises(ValueError, match=f"`{column}` is a column of a library: give `library`"):
        NamedSmiles.of_view(MoleculeView(**{column: "x"}))
    assert NamedSmiles.of_view(MoleculeView()) is None


def test_a_name_has_its_place(named):
    assert named.place(" bad ") == f"line 8 of {named.path}, 'bad',"


@pytest.mark.parametrize(
    ("name", "smiles", "logged"),
    [("CCO", "CCN", 1), ("OCC", "CCO", 0), ("CCO", "CCO", 0), ("a name", "CCO", 0), ("N", "C1", 0)],
)
def test_a_name_that_is_the_smiles_of_another_molecule_is_said(
    tmp_path, caplog, name, smiles, logged
):
    path = tmp_path / "drugs.csv"
    path.write_text(f"id,smiles\n{name},{smiles}\nother,CCO\n")
    view = MoleculeView(library=path, smiles="smiles", name="id")
    assert NamedSmiles.of(view).smiles(name) == smiles
    assert len(caplog.messages) == logged
    if logged:
        assert f"'{name}' is the name of {smiles} (line 2 of {path})" in caplog.messages[0]
