"""Molecules that are featurised together have the graphs of each alone."""

import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex.chemistry import graph_of, parse_smiles
from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.datasets.many_molecules import molecule_graphs

SMILES = ["CCO", "C", "c1ccccc1O ", "C/C=C/C", "[Na+].[Cl-]", "C[C@H](N)C(=O)O"]


@pytest.mark.parametrize(
    "transform",
    [
        OneHotMolecule(),
        OneHotMolecule(["atomic_num"], []),
        OneHotMolecule(["hybridization", "chirality"], ["stereo", "bond_type", "is_conjugated"]),
        OneHotMolecule(["atomic_num", "cip"]),
    ],
    ids=["default", "elements", "others", "cip"],
)
def test_graphs_are_those_of_one_at_a_time(transform):
    mols, names = [parse_smiles(text) for text in SMILES], [f"m{k}" for k in range(len(SMILES))]
    found = molecule_graphs(mols, SMILES, names, transform)
    for graph, mol, text, name in zip(found, mols, SMILES, names, strict=True):
        alone = transform(graph_of(mol, text, name=name))
        assert graph.to_dict().keys() == alone.to_dict().keys()
        assert (graph.smiles, graph.name) == (alone.smiles, alone.name)
        assert torch.equal(graph.x, alone.x) and torch.equal(graph.edge_index, alone.edge_index)
        if "edge_attr" in alone:
            assert torch.equal(graph.edge_attr, alone.edge_attr)
        assert graph.x.untyped_storage().nbytes() == 4 * graph.x.numel()  # not all of them


def test_a_molecule_without_a_code_leaves_the_others():
    bad = parse_smiles("C")
    bad.GetAtomWithIdx(0).SetFormalCharge(-6)
    found = molecule_graphs([parse_smiles("CC"), bad], ["CC", "C"], ["a", "b"], OneHotMolecule())
    assert isinstance(found[0], Data) and found[0].name == "a"
    assert isinstance(found[1], ValueError) and "cannot express" in str(found[1])
    assert molecule_graphs([], [], [], OneHotMolecule()) == []
