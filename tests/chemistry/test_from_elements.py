"""Molecules from elements and bond orders are those of the SMILES."""

import pytest
import torch
from rdkit import Chem
from torch_geometric.data import Batch, Data

from pyg_siamex.chemistry import atom_names, functional_groups, molecule_of, parse_smiles


def graph(smiles, orders=True):
    molecule = parse_smiles(smiles)
    bonds = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in molecule.GetBonds()]
    data = Data(
        edge_index=torch.tensor([*bonds, *(pair[::-1] for pair in bonds)]).T.reshape(2, -1),
        elements=[atom.GetSymbol() for atom in molecule.GetAtoms()],
        num_nodes=molecule.GetNumAtoms(),
    )
    if orders:
        found = [bond.GetBondTypeAsDouble() for bond in molecule.GetBonds()]
        data.bond_order = torch.tensor([*found, *found])
    return data


@pytest.mark.parametrize(
    "smiles",
    [
        "CCO",
        "CC(=O)Oc1ccccc1C(=O)O",
        "O=[N+]([O-])c1ccc2c(c1)ccc1ccccc12",
        "N#Cc1ccncc1",
        "CC(C)=NO",
        "C.CC",
    ],
)
def test_with_bond_orders_the_molecule_is_the_same(smiles):
    assert Chem.MolToSmiles(molecule_of(graph(smiles))) == Chem.CanonSmiles(smiles)


def test_groups_and_names_work_as_with_smiles():
    data = graph("OCCc1ccc([N+](=O)[O-])cc1")
    assert set(functional_groups(data)) == {"alcohol", "carbon", "aromatic", "nitro"}
    assert atom_names(molecule_of(data))[:2] == ["O0", "C1"]


def test_without_bond_orders_no_hydrogen_is_made_up():
    molecule = molecule_of(graph("OC(=O)CN", orders=False))
    assert [atom.GetTotalNumHs() for atom in molecule.GetAtoms()] == [0] * 5
    assert {bond.GetBondTypeAsDouble() for bond in molecule.GetBonds()} == {1.0}


def test_entries_of_a_batch_are_read():
    batch = Batch.from_data_list([graph("CCO"), graph("CCN")])
    single = Batch.from_data_list([graph("CCO")])
    assert molecule_of(batch[1]).GetAtomWithIdx(2).GetSymbol() == "N"
    assert molecule_of(single).GetNumAtoms() == 3


def test_rings_that_cannot_be_kekulised_are_still_drawn():
    data = graph("c1cc[nH]c1")  # which nitrogen has the hydrogen is not in a graph
    molecule = molecule_of(data)
    assert molecule.GetNumBonds() == 5


def test_wrong_elements_are_named():
    data = graph("CCO")
    data.elements = ["C", "C"]
    with pytest.raises(ValueError, match="2 elements for 3 nodes"):
        molecule_of(data)
    data.elements = ["C", "C", "Xx"]
    with pytest.raises(ValueError, match="'Xx', which RDKit does not know"):
        molecule_of(data, "the query")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("edge_index", torch.eye(3), "the query has edge_index .3, 3. of torch.float"),
        ("edge_index", torch.tensor([[0], [7]]), "7"),
        ("bond_order", torch.ones(1), "no tensor of an order for each of its 4 edges"),
        ("bond_order", [1.0] * 4, "no tensor of an order for each of its 4 edges"),
    ],
)
def test_edges_and_orders_that_do_not_fit_are_named(key, value, message):
    data = graph("CCO")
    data[key] = value
    with pytest.raises(ValueError, match=message):
        molecule_of(data, "the query")
