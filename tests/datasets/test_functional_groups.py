import logging

import pytest
import torch
from rdkit import Chem

from pyg_siamex.datasets import GROUPS, FunctionalGroups, molecule
from pyg_siamex.datasets.functional_groups import group_truth


@pytest.fixture(scope="module")
def molecules():
    return FunctionalGroups()


def test_real_molecules_in_every_class(molecules):
    assert len(molecules) == 2095
    counts = torch.bincount(torch.stack([molecules[k].y for k in range(len(molecules))]))
    assert dict(zip(molecules.class_names, counts.tolist(), strict=True)) == {
        "nitro": 292,
        "carboxylic acid": 430,
        "ester": 512,
        "amide": 366,
        "sulfonyl": 294,
        "nitrile": 201,
    }
    assert molecules[0].x.shape[1] == molecules.features.num_node_features


def test_truth_is_the_group_and_nothing_else(molecules):
    for k in range(0, len(molecules), 37):
        data = molecules[k]
        mol = Chem.MolFromSmiles(data.smiles)
        matches = {
            name: mol.GetSubstructMatches(Chem.MolFromSmarts(smarts))
            for name, smarts in GROUPS.items()
        }
        (present,) = [name for name, found in matches.items() if found]
        assert present == molecules.class_names[int(data.y)]
        atoms = {atom for match in matches[present] for atom in match}
        assert set(data.atom_truth.nonzero().flatten().tolist()) == atoms
        for (a, b), inside in zip(data.edge_index.T.tolist(), data.bond_truth, strict=True):
            assert bool(inside) == any(a in match and b in match for match in matches[present])
        assert data.bond_truth.any()


def test_no_molecule_twice(molecules):
    canonical = [
        Chem.MolToSmiles(Chem.MolFromSmiles(molecules[k].smiles)) for k in range(len(molecules))
    ]
    assert len(set(canonical)) == len(canonical)


def test_two_groups_next_to_each_other_share_no_bond():
    smiles = "O=[N+]([O-])[N+](=O)[O-]"
    mol = Chem.MolFromSmiles(smiles)
    atoms, bonds = group_truth(
        mol, Chem.MolFromSmarts(GROUPS["nitro"]), molecule(smiles).edge_index
    )
    assert atoms.all()
    assert bonds.sum() == 8  # not the bond between the two nitrogens


def test_own_groups_and_own_file(tmp_path, caplog):
    path = tmp_path / "own.smi"
    path.write_text("CCN amine\nCCO\tethanol\nNCCO both\nC1CC broken\n\nCCC none\nOCC again\n")
    caplog.set_level(logging.INFO)
    own = FunctionalGroups({"amine": "[NX3;H2]", "alcohol": "C[OX2H]"}, path=path)
    assert [own[k].smiles for k in range(len(own))] == ["CCN", "CCO"]
    assert "cannot read 1 lines" in caplog.text
    assert own[0].name == "amine"
    assert own[1].name == "ethanol" and own[1].atom_truth.tolist() == [False, True, True]


def test_bad_smarts_and_missing_file(tmp_path):
    with pytest.raises(ValueError, match="the SMARTS of 'x' cannot be read"):
        FunctionalGroups({"x": "[N"})
    with pytest.raises(FileNotFoundError):
        FunctionalGroups(path=tmp_path / "none.smi")
    (tmp_path / "a.smi").write_text("CCC x\n")
    with pytest.raises(ValueError, match="no molecule of"):
        FunctionalGroups(path=tmp_path / "a.smi")


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        (torch.tensor([[0], [9]]), "an edge to node 9, and 3 nodes"),
        (torch.tensor([[0], [-1]]), "an edge to node -1"),
        (torch.tensor([[0.0], [1.0]]), r"edge_index \[2, 1\] of torch.float32"),
    ],
    ids=["beyond", "negative", "float"],
)
def test_edges_to_no_atoms_have_no_truth(edges, message):
    with pytest.raises(ValueError, match=f"the molecule has {message}"):
        group_truth(Chem.MolFromSmiles("CCO"), Chem.MolFromSmarts("O"), edges)


def test_lines_that_cannot_be_read_are_told(tmp_path, caplog):
    path = tmp_path / "own.smi"
    path.write_text("CC(=O)O acid\nC1CC broken\nCC#N nitrile\n")
    assert len(FunctionalGroups(path=path)) == 2
    assert "cannot read 1 lines, left out, such as 'C1CC'" in caplog.text
