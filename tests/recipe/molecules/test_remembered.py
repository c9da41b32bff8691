"""What a model keeps of its molecules."""

import pytest
import torch
from small_models import molecule_model

from pyg_siamex.datasets import OneHotMolecule, molecule
from pyg_siamex.recipe import Preparation, explain
from pyg_siamex.recipe.molecules.remembered import Remembered
from pyg_siamex.recipe.molecules.trained_on import TrainedOn


def test_graphs_are_made_as_for_training():
    known = Remembered.by(molecule_model(Preparation(largest_fragment=True, neutral=True)))
    assert known.graph("[Na+].CC(=O)[O-]").smiles == "CC(=O)O"
    assert known.distance("CC") is None
    plain = OneHotMolecule()(molecule("CC(=O)O"))
    assert torch.equal(known.graph("[Na+].CC(=O)[O-]").x, plain.x)


def test_a_model_without_a_word_reads_molecules_as_they_are():
    model = molecule_model()
    del model.metadata["standardisation"]
    assert Remembered.by(model).graph("CC.Cl").num_nodes == 3
    model.metadata["standardisation"] = {"polish": True}
    with pytest.raises(ValueError, match="does not say how its molecules are made"):
        Remembered.by(model)


def test_notes_say_what_was_read_what_is_new_and_how_far_it_is():
    known = Remembered.by(
        molecule_model(Preparation(True), trained_on=TrainedOn.of(["CCO", "CCCO"]).to_dict())
    )
    notes = known.notes("query", "CCCl.[Na+]", known.graph("CCCl.[Na+]"))
    assert notes[0] == "query is read as CCCl, as the model's molecules were"
    assert notes[1] == "query: Cl is no element of the training molecules"
    assert notes[-1].startswith("query: distance 0.") and "Tanimoto" in notes[-1]
    [only] = known.notes("query", "CCO", known.graph("CCO"))
    assert only.startswith("query: distance 0.00")


def test_news_of_many_molecules_are_counted(caplog):
    known = Remembered.by(molecule_model(trained_on=TrainedOn.of(["CCO", "CCCO"]).to_dict()))
    known.warn_of([known.graph(smiles) for smiles in ("CCO", "CCCl", "CCBr", "OCC")])
    assert "2 of 4 molecules have what no training molecule has, for example CCCl: Cl is" in (
        caplog.text
    )
    caplog.clear()
    Remembered.by(molecule_model()).warn_of([known.graph("CCCl")])
    known.warn_of([known.graph("CCO")])
    assert not caplog.text


def test_wedges_that_are_not_read_are_named_once():
    alanine = "C[C@H](N)C(=O)O"
    [note] = Remembered.by(molecule_model()).stereo_note(alanine, "CC")
    assert note.startswith("the model does not read stereochemistry")
    assert not Remembered.by(molecule_model()).stereo_note("CC(N)C(=O)O", "CC")
    assert not Remembered.by(molecule_model(Preparation(stereo=True))).stereo_note(alanine)


def test_an_explained_pair_has_all_of_it():
    model = molecule_model(Preparation(True), trained_on=TrainedOn.of(["CCO", "CCCO"]).to_dict())
    pair = ("C[C@H](N)C(=O)[O-].[Na+]", "CCO")
    found = explain(model, *pair, method="gradient")
    text = "\n".join(found.notes)
    for words in ("query is read as", "N is no element", "charge -1", "distance", "stereochem"):
        assert words in text
    assert "reference: distance 0.00" in text


def test_mirror_images_differ_for_a_model_that_reads_them():
    left, right = "C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"
    for preparation, same in ((Preparation(), True), (Preparation(stereo=True), False)):
        model = molecule_model(preparation)
        one, other = (model.model.embed(Remembered.by(model).graph(s)) for s in (left, right))
        assert torch.allclose(one, other) == same
