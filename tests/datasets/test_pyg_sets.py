"""PyG's own data sets, read offline from the layout they expect."""

import shutil

import torch
from torch_geometric.datasets import MoleculeNet, TUDataset
from torch_geometric.nn import GIN

from pyg_siamex import MaskOptimization, PairDataset, PairExplainer, SiameseGNN
from pyg_siamex.datasets import MoleculeTable, OneHotMolecule


def test_esol_through_moleculenet(real_data, tmp_path):
    shutil.copytree(real_data / "esol" / "raw", tmp_path / "esol" / "raw")
    transform = OneHotMolecule()
    molecules = MoleculeNet(str(tmp_path), "ESOL", pre_transform=transform)
    assert len(molecules) == 1128
    assert molecules[0].x.shape[1] == transform.num_node_features
    pairs = PairDataset.from_difference(molecules, max_difference=0.5, num_pairs=200)
    assert pairs.target.mean() == 0.5
    learn, test = pairs.split((0.8, 0.2))
    assert len(learn.graphs) + len(test.graphs) == 1128
    lone = next(k for k in range(1128) if molecules[k].num_edges == 0)
    model = SiameseGNN(GIN(transform.num_node_features, 8, 2), "add")
    explainer = PairExplainer(model, MaskOptimization(5), edge_mask_type="object")
    assert explainer(molecules[lone], molecules[0]).query.edge_mask.numel() == 0


def test_esol_as_a_users_table(real_data):
    table = MoleculeTable(
        real_data / "esol" / "raw" / "delaney-processed.csv",
        label="measured log solubility in mols per litre",
        name="Compound ID",
    )
    assert len(table) == 1128 and not table.rejected and table.class_names is None
    assert len(set(table.canonical_smiles)) == 1117
    assert table[1].name == "Fenfuram" and abs(table[1].y.item() + 3.3) < 1e-6


def test_mutag_through_tudataset(real_data, tmp_path):
    shutil.copytree(real_data / "MUTAG" / "raw", tmp_path / "MUTAG" / "raw")
    graphs = TUDataset(str(tmp_path), "MUTAG")
    assert len(graphs) == 188
    learn, _, test = PairDataset(graphs).split()
    assert not set(map(id, learn.graphs)) & set(map(id, test.graphs))
    model = SiameseGNN(GIN(graphs.num_features, 8, 2), "add")
    explainer = PairExplainer(model, MaskOptimization(5), edge_mask_type="object", undirected=True)
    explanation = explainer(test[0].query, test[0].reference)
    assert torch.isfinite(explanation.query.edge_mask).all()
