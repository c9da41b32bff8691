"""Labels of stereochemistry do not depend on how a molecule is written."""

import pytest
from rdkit import Chem

from pyg_siamex.chemistry.stereo import cip_labels, has_stereo
from pyg_siamex.data.graph_keys import graph_keys
from pyg_siamex.datasets import OneHotMolecule, molecule

STEREO = OneHotMolecule(("atomic_num", "num_hs", "cip"))


@pytest.mark.parametrize(
    ("smiles", "labels"),
    [
        ("C[C@H](N)C(=O)O", {1: {"S"}}),
        ("N[C@@H](C)C(=O)O", {1: {"S"}}),
        ("C[C@@H](N)C(=O)O", {1: {"R"}}),
        ("C/C=C/C", {1: {"E"}, 2: {"E"}}),
        ("C/C=C\\C", {1: {"Z"}, 2: {"Z"}}),
        ("CC=CC", {}),
        ("CC(N)C(=O)O", {}),
    ],
)
def test_labels_are_those_of_the_rules(smiles, labels):
    found = cip_labels(smiles)
    assert {k: own for k, own in enumerate(found) if own} == labels
    assert has_stereo(smiles) == bool(labels)


@pytest.mark.parametrize(
    "smiles",
    ["C[C@H](N)C(=O)O", "C[C@H]1CC[C@@H](O)CC1", "C/C=C/[C@H](F)Cl", "O[C@H](F)[C@@H](Cl)Br"],
)
def test_a_molecule_written_otherwise_has_the_same_features(smiles):
    mol = Chem.MolFromSmiles(smiles)
    ways = {Chem.MolToSmiles(mol, doRandom=True) for _ in range(20)}
    assert len(ways) > 3
    assert len(set(graph_keys([STEREO(molecule(way)) for way in ways]))) == 1


def test_mirror_images_and_double_bonds_differ():
    for one, other in (("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"), ("C/C=C/C", "C/C=C\\C")):
        assert len(set(graph_keys([STEREO(molecule(s)) for s in (one, other)]))) == 2
        plain = OneHotMolecule()
        assert len(set(graph_keys([plain(molecule(s)) for s in (one, other)]))) == 1


def test_isotopes_and_charges_are_no_stereochemistry():
    assert not has_stereo("[13CH3]C") and not has_stereo("[Na+].[Cl-]")
