"""What is done to a molecule before it becomes a graph."""

import pytest
from rdkit.Chem import MolToSmiles

from pyg_siamex.chemistry import AS_WRITTEN, Standardisation, canonical_smiles, molecule
from pyg_siamex.datasets import OneHotMolecule

STRIPPED = Standardisation(largest_fragment=True)


@pytest.mark.parametrize(
    ("mixture", "kept"),
    [
        ("CC(=O)[O-].[Na+]", "CC(=O)[O-]"),
        ("[I-].[I-].[I-].[I-].[I-].C", "C"),  # organic before large
        ("C1CC1.CCCCO", "CCCCO"),
        ("OCC", "OCC"),
    ],
)
def test_the_largest_organic_part_is_kept(mixture, kept):
    assert STRIPPED.smiles(mixture) == kept


@pytest.mark.parametrize(
    ("step", "written", "read"),
    [
        (Standardisation(neutral=True), "C[NH3+].CC(=O)[O-]", "CC(=O)O.CN"),
        (Standardisation(neutral=True), "C[N+](C)(C)C", "C[N+](C)(C)C"),
        (Standardisation(neutral=True), "C[N+](=O)[O-]", "C[N+](=O)[O-]"),
        (Standardisation(no_isotopes=True), "[13CH3]C", "CC"),
        (AS_WRITTEN, "[13CH3]C", "[13CH3]C"),
        (Standardisation(True, True, True), "[Na+].[13CH3]C(=O)[O-]", "CC(=O)O"),
    ],
)
def test_each_step_does_what_it_says(step, written, read):
    assert canonical_smiles(step.smiles(written)) == canonical_smiles(read)


@pytest.mark.parametrize("steps", [AS_WRITTEN, STRIPPED])
@pytest.mark.parametrize("smiles", ["[2H]C([2H])([2H])O", "[3H]c1ccccc1", "C[C@]([2H])(O)F"])
def test_deuterium_on_a_heavy_atom_is_hydrogen(steps, smiles):
    mol, text = steps.prepared(smiles)
    assert "[2H]" not in text and "[3H]" not in text
    assert MolToSmiles(mol) == canonical_smiles(text)
    assert all(atom.GetAtomicNum() > 1 for atom in mol.GetAtoms())


def test_caffeine_and_its_deuterated_twin_are_one_graph():
    features = OneHotMolecule()
    plain = features(molecule(canonical_smiles("Cn1c(=O)c2c(ncn2C)n(C)c1=O")))
    heavy = "[2H]C([2H])([2H])n1cnc2c1c(=O)n(C([2H])([2H])[2H])c(=O)n2C([2H])([2H])[2H]"
    twin = features(molecule(heavy))
    assert (plain.x == twin.x).all() and (plain.edge_index == twin.edge_index).all()


@pytest.mark.parametrize("smiles", ["[H][H]", "[2H][2H]", "[H+]", "[2H]"])
def test_hydrogen_itself_stays(smiles):
    assert AS_WRITTEN.prepared(smiles)[1] == smiles


def test_the_given_smiles_and_its_order_stay_where_nothing_changes():
    mol, text = Standardisation(True, True, True).prepared(" OC(C)C ")
    assert text == "OC(C)C" and mol.GetAtomWithIdx(0).GetSymbol() == "O"


def test_plain_values_make_it_again():
    assert Standardisation(**STRIPPED.to_dict()) == STRIPPED
