"""From a graph to its molecule, node by node."""

import pytest
import torch
from torch_geometric.explain import Explanation
from torch_geometric.utils import from_smiles

from pyg_siamex.chemistry import drawable_molecule, molecule_of


def graph(smiles: str) -> Explanation:
    data = from_smiles(smiles)
    return Explanation(x=data.x, edge_index=data.edge_index, smiles=smiles)


def test_missing_smiles_are_explained():
    plain = graph("CCO")
    del plain.smiles
    with pytest.raises(ValueError, match="the query cannot be read as a molecule: it needs"):
        drawable_molecule(plain, "the query")


def test_several_smiles_are_no_smiles():
    plain = graph("CCO")
    plain.smiles = ["CCO", "CCN"]
    with pytest.raises(ValueError, match=r"data\.smiles"):
        drawable_molecule(plain)


def test_unreadable_smiles_are_named():
    plain = graph("CCO")
    plain.smiles = "C1CC"
    with pytest.raises(ValueError, match="the graph: invalid SMILES 'C1CC'"):
        drawable_molecule(plain)


def test_wrong_atom_counts_are_named():
    plain = graph("CCO")
    plain.smiles = "CCCCO"
    with pytest.raises(ValueError, match=r"5 atoms \(15 with hydrogens\) and the graph has 3"):
        drawable_molecule(plain)


def test_another_atom_order_is_an_error():
    plain = graph("CC(C)O")
    plain.smiles = "CCCO"
    with pytest.raises(ValueError, match="bonded only in the graph"):
        drawable_molecule(plain)


def test_a_missing_bond_is_an_error():
    plain = graph("CCO")
    plain.edge_index = plain.edge_index[:, :2]
    with pytest.raises(ValueError, match="bonded only in the SMILES"):
        drawable_molecule(plain)


def test_self_loops_are_no_bonds():
    plain = graph("CO")
    plain.edge_index = torch.cat([plain.edge_index, torch.tensor([[0], [0]])], 1)
    assert drawable_molecule(plain).GetNumAtoms() == 2


def test_an_empty_molecule_is_a_molecule():
    assert drawable_molecule(graph("")).GetNumAtoms() == 0


def test_bonds_do_not_matter_where_atoms_alone_are_asked_for():
    plain = graph("CC(C)O")
    plain.smiles = "CCCO"
    assert molecule_of(plain).GetNumAtoms() == 4


def test_hydrogens_are_atoms_where_they_are_nodes():
    data = from_smiles("CCO", with_hydrogen=True)
    assert drawable_molecule(data).GetNumAtoms() == data.num_nodes == 9


def test_a_text_after_the_smiles_is_refused():
    plain = graph("CCO")
    plain.smiles = "CCO ethanol"
    with pytest.raises(ValueError, match="contains a blank"):
        molecule_of(plain)


EDGES = {
    "turned": lambda edges: edges.T,
    "flat": torch.flatten,
    "of floats": torch.Tensor.float,
    "sparse": lambda edges: torch.eye(3).to_sparse(),
    "meta": lambda edges: edges.to("meta"),
    "a list": torch.Tensor.tolist,
    "a text": lambda edges: "abc",
}


@pytest.mark.parametrize("edit", EDGES.values(), ids=EDGES)
def test_edges_of_another_kind_are_named(edit):
    plain = graph("CCO")
    plain.edge_index = edit(plain.edge_index)
    with pytest.raises((TypeError, ValueError), match=r"edge_index.* the query|the query .*edge_i"):
        drawable_molecule(plain, "the query")


def test_a_molecule_without_edge_index_has_no_bonds():
    atom = Explanation(x=torch.ones(1, 1), smiles="C")
    assert drawable_molecule(atom).GetNumAtoms() == 1
    bonded = Explanation(x=torch.ones(2, 1), smiles="CO")
    with pytest.raises(ValueError, match="atoms 0 and 1 are bonded only in the SMILES"):
        drawable_molecule(bonded)
