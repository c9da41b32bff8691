import copy
import csv
import io
import pickle
import shutil

import numpy as np
import pytest
import torch
from rdkit import Chem
from torch_geometric.loader import DataLoader

from pyg_siamex import PairDataset
from pyg_siamex.datasets import AlkaneCarbonyl, OneHotMolecule

TRUTH = "true_raw_attribution_datadicts.npz"
SPLIT = "logic8_traintest_indices.npz"
SIZE = 300


@pytest.fixture
def source(real_data):
    folder = real_data / "attribution" / "fluoride_carbonyl"
    if not folder.is_dir():
        pytest.skip(f"needs the attribution benchmark, which is not at {folder}")
    return folder


@pytest.fixture
def root(source, tmp_path):
    """The first molecules of the real set."""
    with (source / "FC_smiles.csv").open() as file:
        (tmp_path / "some_smiles.csv").write_text("".join(file.readlines()[: SIZE + 1]))
    np.savez(tmp_path / "y_true.npz", y=np.load(source / "y_true.npz")["y"][:SIZE])
    split = np.load(source / SPLIT)
    save_split(tmp_path, *(split[key][split[key] < SIZE] for key in ("train_index", "test_index")))
    save_truth(tmp_path, load_truth(source)[:SIZE])
    return tmp_path


def load_truth(folder):
    return np.load(folder / TRUTH, allow_pickle=True)["datadict_list"]


def save_truth(folder, truth):
    np.savez(folder / TRUTH, datadict_list=truth)


def save_split(folder, train, test):
    np.savez(folder / SPLIT, train_index=train, test_index=test)


def test_truth_is_a_choice_of_chains_and_carbonyls(root):
    molecules = AlkaneCarbonyl(root)
    assert len(molecules) == SIZE
    positive = [data for data in molecules if data.y == 1]
    assert len(positive) > 20
    for data in positive:
        mol = Chem.MolFromSmiles(data.smiles)
        groups = [
            [set(match) for match in mol.GetSubstructMatches(Chem.MolFromSmarts(smarts))]
            for smarts in ("[R0;D2,D1][R0;D2][R0;D2,D1]", "[CX3]=O")
        ]
        assert data.atom_truth.dtype == torch.bool and len(data.atom_truth) == data.num_nodes
        for column in data.atom_truth.T:
            atoms = set(column.nonzero().flatten().tolist())
            assert all(any(match <= atoms for match in matches) for matches in groups)
    negative = [data for data in molecules if data.y == 0]
    assert all(data.atom_truth.shape == (data.num_nodes, 1) for data in negative)
    assert not any(data.atom_truth.any() for data in negative)


def test_split_and_names_are_the_published_ones(root, source):
    molecules = AlkaneCarbonyl(root, OneHotMolecule(["atomic_num"], []))
    published = np.load(source / SPLIT)["test_index"]
    assert molecules.test_index.tolist() == published[published < SIZE].tolist()
    both = torch.cat([molecules.train_index, molecules.test_index])
    assert sorted(both.tolist()) == list(range(SIZE))
    assert molecules[0].name == "ZINC00001484"
    assert molecules[0].x.shape[1] == molecules.features.num_node_features


def test_the_split_follows_a_choice_of_molecules(root):
    molecules = AlkaneCarbonyl(root)
    order = torch.arange(SIZE)
    molecules.train_index, molecules.test_index = order[:-4], order[-4:]
    chosen = torch.cat([molecules.test_index[:3], molecules.train_index[-2:]]).flip(0)
    some = molecules[chosen]
    assert some.train_index.tolist() == [0, 1] and some.test_index.tolist() == [2, 3, 4]
    assert [data.name for data in some] == [molecules[int(k)].name for k in chosen]


def test_graphs_batch_though_their_truths_differ_in_number(root):
    molecules = AlkaneCarbonyl(root)
    assert len({data.atom_truth.shape[1] for data in molecules}) > 2
    batch = next(iter(DataLoader(PairDataset(molecules), batch_size=64)))
    assert batch.query.num_graphs == 64
    with pytest.raises(AttributeError):
        _ = batch.query.atom_truth
    data = molecules[9]
    for other in (copy.copy(data), data.clone(), pickle.loads(pickle.dumps(data))):
        assert torch.equal(other.atom_truth, data.atom_truth)


def test_a_graph_that_is_read_can_be_changed_and_has_its_truth(root):
    graphs = AlkaneCarbonyl(root)
    truth = graphs[0].atom_truth
    taken = graphs[0]
    taken.atom_truth, taken.x = truth[:1], taken.x[:1]
    assert torch.equal(graphs[0].atom_truth, truth) and len(graphs[:1][0].x) == len(truth)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entry: entry.update(nodes=entry["nodes"][1:]), r"of shape \[17, 1\] for 18 atoms"),
        (lambda entry: entry.update(senders=entry["receivers"]), "are not its bonds"),
        (lambda entry: entry.update(nodes=entry["nodes"] + 1), "is not its unbranched alkane"),
    ],
)
def test_a_truth_of_another_molecule_is_refused_by_name(root, change, message):
    truth = load_truth(root)
    change(truth[0, 0])
    save_truth(root, truth)
    with pytest.raises(ValueError, match=message) as error:
        AlkaneCarbonyl(root)
    assert "Cc1cn(c(=O)[nH]c1=O)" in str(error.value)


def test_labels_of_another_task_are_refused(root, source):
    """The label column of the copy in circulation is of another task than its truth."""
    with (source / "FC_smiles.csv").open() as file:
        labels = [[float(row["label"])] for row in csv.DictReader(file)][:SIZE]
    np.savez(root / "y_true.npz", y=np.array(labels, dtype=np.float32))
    with pytest.raises(ValueError, match="not the files of the alkane-carbonyl task"):
        AlkaneCarbonyl(root)


@pytest.mark.parametrize("name", ["some_smiles.csv", "y_true.npz", TRUTH, SPLIT])
def test_a_missing_file_is_named(root, name):
    (root / name).unlink()
    with pytest.raises(FileNotFoundError, match=r"no .*(smiles|y_true|true_raw|traintest)"):
        AlkaneCarbonyl(root)


def test_files_that_do_not_belong_together_are_refused(root):
    shutil.copy(root / "some_smiles.csv", root / "more_smiles.csv")
    with pytest.raises(ValueError, match=r"more than one .*: more_smiles.csv, some_smiles.csv"):
        AlkaneCarbonyl(root)
    (root / "more_smiles.csv").unlink()
    save_split(root, np.array([0, 1]), np.array([1]))
    with pytest.raises(ValueError, match="has a molecule twice"):
        AlkaneCarbonyl(root)
    save_split(root, np.array([0]), np.array([SIZE]))
    with pytest.raises(ValueError, match=f"outside the {SIZE} molecules"):
        AlkaneCarbonyl(root)
    np.savez(root / "y_true.npz", labels=np.zeros(SIZE))
    with pytest.raises(ValueError, match="no array 'y': it has labels"):
        AlkaneCarbonyl(root)
    np.savez(root / "y_true.npz", y=np.zeros(3))
    with pytest.raises(ValueError, match=f"{SIZE} SMILES, 3 labels and {SIZE} truths"):
        AlkaneCarbonyl(root)
    (root / "some_smiles.csv").write_text("SMILES\nC\n")
    with pytest.raises(ValueError, match="no column 'smiles'"):
        AlkaneCarbonyl(root)


@pytest.mark.slow
def test_the_whole_set(source):
    molecules = AlkaneCarbonyl(source)
    y = torch.stack([data.y for data in molecules])
    assert y.bincount().tolist() == [7144, 1527]
    assert y[molecules.test_index].bincount().tolist() == [734, 184]
    assert len(molecules.train_index) == 7753


@pytest.mark.parametrize("given", [None, 3, io.StringIO()], ids=["none", "number", "file"])
def test_what_is_no_folder_is_named(given):
    with pytest.raises(TypeError, match="`root` must be a text or a path"):
        AlkaneCarbonyl(given)
