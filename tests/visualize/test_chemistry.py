import pytest
import torch

from pyg_siamex.visualize.chemistry import importance_of, molecule_of


def test_missing_smiles_are_explained(graph):
    plain = graph("CCO")
    del plain.smiles
    with pytest.raises(ValueError, match=r"the query is no molecule .* needs data\.smiles"):
        molecule_of(plain, "the query")


def test_several_smiles_are_no_smiles(graph):
    plain = graph("CCO")
    plain.smiles = ["CCO", "CCN"]
    with pytest.raises(ValueError, match=r"data\.smiles"):
        molecule_of(plain)


def test_unreadable_smiles_are_named(graph):
    plain = graph("CCO")
    plain.smiles = "C1CC"
    with pytest.raises(ValueError, match="cannot read the SMILES 'C1CC'"):
        molecule_of(plain)


def test_wrong_atom_counts_are_named(graph):
    plain = graph("CCO")
    plain.smiles = "CCCCO"
    with pytest.raises(ValueError, match=r"5 atoms \(15 with hydrogens\) and the graph has 3"):
        molecule_of(plain)


def test_another_atom_order_is_an_error(graph):
    plain = graph("CC(C)O")
    plain.smiles = "CCCO"
    with pytest.raises(ValueError, match="bonded in the graph alone"):
        molecule_of(plain)


def test_a_missing_bond_is_an_error(graph):
    plain = graph("CCO")
    plain.edge_index = plain.edge_index[:, :2]
    with pytest.raises(ValueError, match="bonded in the SMILES alone"):
        molecule_of(plain)


def test_self_loops_are_no_bonds(graph):
    plain = graph("CO", edges=[0.2, 0.4])
    plain.edge_index = torch.cat([plain.edge_index, torch.tensor([[0], [0]])], 1)
    plain.edge_mask = torch.cat([plain.edge_mask, torch.ones(1)])
    assert molecule_of(plain).GetNumAtoms() == 2
    assert importance_of(plain, None).bonds == {(0, 1): pytest.approx(0.4)}


def test_an_empty_molecule_is_a_molecule(graph):
    assert molecule_of(graph("")).GetNumAtoms() == 0


def test_without_masks_and_relevance_there_is_no_importance(graph):
    assert importance_of(graph("CO"), None) == (None, None)


def test_masks_come_before_relevance(graph):
    relevance = torch.ones(2, 3)
    assert importance_of(graph("CO", nodes=[0.5, 0.25]), relevance).atoms == [0.5, 0.25]
    assert importance_of(graph("CO", edges=[1.0, 1.0]), relevance).atoms is None
    assert importance_of(graph("CO"), relevance).atoms == [3.0, 3.0]
