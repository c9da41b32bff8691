import pytest
import torch
from rdkit import Chem
from torch_geometric.explain import Explanation
from torch_geometric.utils import from_smiles

from pyg_siamex import PairExplanation
from pyg_siamex.chemistry import (
    FUNCTIONAL_GROUPS,
    PARTITIONS,
    functional_groups,
    murcko_scaffold,
    ring_systems,
    scaffold_smiles,
)
from pyg_siamex.chemistry.parent import parent_smiles

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def test_functional_groups_of_aspirin():
    expected = ["carbon"] + ["ester"] * 3 + ["aromatic"] * 6 + ["carboxylic acid"] * 3
    assert functional_groups(ASPIRIN) == expected


@pytest.mark.parametrize(
    ("smiles", "atom", "name"),
    [
        ("CCOC", 2, "ether"),
        ("CC(C)=O", 1, "ketone"),
        ("CN(C)C(C)=O", 3, "amide"),
        ("C[N+](=O)[O-]", 1, "nitro"),
        ("CC#N", 2, "nitrile"),
        ("CCO", 2, "alcohol"),
        ("Oc1ccccc1", 0, "phenol"),
        ("CNC", 1, "amine"),
        ("NS(=O)(=O)C", 1, "sulfonamide"),
        ("CCl", 1, "halogen"),
        ("CC=CC", 1, "alkene"),
        ("COC(=O)NC", 3, "carbamate"),
    ],
)
def test_functional_groups_by_example(smiles, atom, name):
    assert functional_groups(smiles)[atom] == name


def test_occurrences_can_be_numbered():
    names = functional_groups("OC(=O)CC(=O)O", numbered=True)
    assert names[0] == "carboxylic acid 1" and names[-1] == "carboxylic acid 2"


def test_ring_systems_join_fused_and_spiro_rings():
    assert set(ring_systems("c1ccc2ccccc2c1")) == {"c1ccc2ccccc2c1"}
    assert set(ring_systems("C1CCC2(C1)CCCC2")) == {"C1CCC2(C1)CCCC2"}
    names = ring_systems("c1ccccc1CCC1CC1")
    assert names[0] == "c1ccccc1" and names[6] == "chain" and names[-1] == "C1CC1"


def test_equal_ring_systems_are_told_apart_if_asked():
    assert set(ring_systems("c1ccccc1Cc1ccccc1C")) == {"c1ccccc1", "chain"}
    names = ring_systems("c1ccccc1Cc1ccccc1C", numbered=True)
    assert (names[0], names[6], names[7]) == ("c1ccccc1 1", "chain", "c1ccccc1 2")


def test_murcko_scaffold():
    names = murcko_scaffold("Cc1ccccc1CCC1CC1")
    assert names[0] == "side chain" and set(names[1:]) == {"scaffold"}
    assert set(murcko_scaffold("CCO")) == {"side chain"}


@pytest.mark.parametrize("partition", PARTITIONS.values(), ids=list(PARTITIONS))
def test_groups_of_an_explanation_keep_the_sum(partition):
    graphs = [from_smiles(ASPIRIN), from_smiles("CCOC(=O)c1ccccc1")]
    relevance = torch.randn(graphs[0].num_nodes, graphs[1].num_nodes)
    sides = [Explanation(**graph.to_dict()) for graph in graphs]
    explanation = PairExplanation(*sides, prediction=1.0, relevance=relevance)
    grouped = explanation.group(*(partition(side) for side in sides))
    torch.testing.assert_close(grouped.matrix.sum(), relevance.sum())


def test_other_molecules_are_refused():
    graph = from_smiles(ASPIRIN)
    graph.smiles = "CCO"
    with pytest.raises(ValueError, match="node k"):
        ring_systems(graph)
    with pytest.raises(ValueError, match="cannot be parsed"):
        functional_groups("C(")
    with pytest.raises(ValueError, match=r"needs data\.smiles"):
        murcko_scaffold(Explanation(x=torch.ones(2, 1)))
    with pytest.raises(ValueError, match="SMARTS of 'bad'"):
        functional_groups("CC", {"bad": "[[["})


def test_hydrogens_may_be_nodes():
    graph = from_smiles("CCO", with_hydrogen=True)
    assert len(functional_groups(graph)) == graph.num_nodes == 9


def test_every_pattern_can_be_read():
    assert functional_groups("C", FUNCTIONAL_GROUPS) == ["carbon"]


@pytest.mark.parametrize("smiles", ["CC1CCC[NH2+]C1", "CCN1CCC(CC1)c1ccccc1", "O=C1[N-]CCC1.[Na+]"])
def test_all_forms_of_a_molecule_have_one_scaffold(smiles):
    mol = Chem.MolFromSmiles(smiles)
    for atom in mol.GetAtoms():
        atom.SetAtomMapNum(atom.GetIdx() + 1)
    mapped = Chem.MolToSmiles(mol)
    heavy = Chem.MolFromSmiles(smiles)
    heavy.GetAtomWithIdx(2).SetIsotope(13)
    for form in (mapped, Chem.MolToSmiles(heavy), parent_smiles(smiles)):
        assert scaffold_smiles(form) == scaffold_smiles(smiles)


@pytest.mark.parametrize("name", ["", "  "])
def test_groups_have_names(name):
    with pytest.raises(ValueError, match="`smarts` has a group without a name"):
        functional_groups("CCO", {name: "[O]"})


def test_names_of_groups_are_texts():
    with pytest.raises(TypeError, match="`name` must be a text"):
        functional_groups("CCO", {7: "[OX2H]"})


def test_a_group_is_found_more_than_a_thousand_times():
    found = functional_groups("C(F)(F)" * 600)
    assert found.count("halogen") == 1200 and "other" not in found
