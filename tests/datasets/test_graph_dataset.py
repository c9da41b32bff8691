"""Every data set of graphs is indexed, counted and transformed as PyG's are."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch_geometric.data import Dataset, InMemoryDataset
from torch_geometric.loader import DataLoader
from torch_geometric.transforms import Constant

from pyg_siamex.data import PairDataset
from pyg_siamex.datasets import (
    Connectomes,
    FunctionalGroups,
    MoleculeRows,
    MoleculeTable,
    PlantedConnectomes,
    TableRows,
)
from pyg_siamex.datasets.connectome import Density, Subjects

SMILES = ["CCO", "CCCO", "CCN", "CCCN", "c1ccccc1", "CC(=O)O", "CC#N", "CCS"]


def molecule_file(tmp_path):
    path = tmp_path / "molecules.csv"
    lines = [f"{text},m{k},{'ab'[k % 2]}" for k, text in enumerate(SMILES)]
    path.write_text("\n".join(["smiles,name,class", *lines]) + "\n")
    return path


def molecule_table(tmp_path, **arguments):
    return MoleculeTable(molecule_file(tmp_path), label="class", name="name", **arguments)


def molecule_rows(tmp_path, **arguments):
    return MoleculeRows(molecule_file(tmp_path), name="name", **arguments)


def functional_groups(tmp_path, **arguments):
    path = tmp_path / "groups.smi"
    lines = ["CC#N a", "CCC#N b", "CC(=O)OC c", "CCC(=O)OC d", "CCCC#N e", "CC(=O)OCC f"]
    path.write_text("\n".join(lines))
    return FunctionalGroups(path=path, **arguments)


def connectomes(tmp_path, **arguments):
    rng = np.random.default_rng(0)
    matrices = rng.normal(size=(6, 5, 5))
    subjects = Subjects(
        matrices + matrices.transpose(0, 2, 1),
        [f"s{k}" for k in range(6)],
        torch.arange(6) % 2,
        ["a", "b"],
        sites=["x", "y"] * 3,
        columns={"age": [str(k) for k in range(6)]},
    )
    return Connectomes(subjects, connections=Density(0.5), **arguments)


def planted(tmp_path, **arguments):
    return PlantedConnectomes(num_subjects=4, **arguments)


def table_rows(tmp_path, **arguments):
    frame = pd.DataFrame({"a": range(8), "b": 1.0, "class": list("uvuvuvuv")})
    return TableRows(frame, label="class", **arguments)


ALL = [molecule_table, molecule_rows, functional_groups, connectomes, planted, table_rows]
LABELLED = [make for make in ALL if make is not molecule_rows]
IN_MEMORY = [molecule_table, functional_groups, connectomes, planted]


@pytest.mark.parametrize("make", ALL)
def test_indices_choose_graphs(make, tmp_path):
    graphs = make(tmp_path)
    names = [graph.name for graph in graphs]
    mask = torch.arange(len(graphs)) % 2 == 0
    for index in (mask, mask.numpy(), mask.tolist(), mask.nonzero().flatten(), slice(0, None, 2)):
        chosen = graphs[index]
        assert type(chosen) is type(graphs) and len(chosen) == len(chosen.indices())
        assert [graph.name for graph in chosen] == names[::2]
    assert [graph.name for graph in graphs[[3, 0]][[1]]] == names[:1]
    assert graphs[-1].name == names[-1] and graphs[torch.tensor(1)].name == names[1]
    assert [graph.name for graph in graphs] == names
    for wrong in (mask[1:], [len(graphs)], len(graphs)):
        with pytest.raises(IndexError):
            graphs[wrong]


@pytest.mark.parametrize("make", ALL)
def test_one_graph_is_got_by_its_position(make, tmp_path):
    graphs = make(tmp_path)
    size = len(graphs)
    for k in (0, size - 1):
        for index in (k, k - size, np.int64(k), torch.tensor(k)):
            found = graphs.get(index)
            assert found.name == graphs[k].name and torch.equal(found.x, graphs[k].x)
    for wrong in (size, -size - 1, 10**20):
        with pytest.raises(IndexError, match=f"no position {wrong} among {size}"):
            graphs.get(wrong)
    for wrong in (True, 1.5, "a", None, [1], slice(1)):
        with pytest.raises(IndexError, match="a position is a whole number"):
            graphs.get(wrong)


@pytest.mark.parametrize("make", ALL)
def test_they_are_pyg_data_sets_that_count(make, tmp_path):
    graphs = make(tmp_path)
    assert isinstance(graphs, Dataset)
    assert graphs.num_features == graphs.num_node_features == graphs[0].x.size(1)
    assert graphs.num_edge_features == graphs[0].num_edge_features
    torch.manual_seed(0)
    assert len(graphs.shuffle()) == len(graphs)


@pytest.mark.parametrize("make", LABELLED)
def test_classes_and_targets(make, tmp_path):
    graphs = make(tmp_path)
    assert graphs.num_classes == len(graphs.class_names)
    assert graphs.y.tolist() == [int(graph.y) for graph in graphs]
    some = graphs[[1, 2]]
    assert some.y.tolist() == graphs.y[[1, 2]].tolist() and some.num_classes == graphs.num_classes


@pytest.mark.parametrize("make", ALL)
def test_a_transform_is_applied_at_every_access(make, tmp_path):
    plain, graphs = make(tmp_path), make(tmp_path, transform=Constant())
    width = plain[0].x.size(1)
    assert graphs[0].x.size(1) == graphs[0].x.size(1) == width + 1 == graphs[:2][1].x.size(1)
    assert graphs.get(0).x.size(1) == width
    graphs.transform = None
    assert graphs[0].x.size(1) == width


@pytest.mark.parametrize("make", ALL)
def test_a_transform_that_sets_its_graph_is_applied_once_an_access(make, tmp_path):
    def shifted(graph):
        graph.x = graph.x + 1
        return graph

    graphs, plain = make(tmp_path, transform=shifted), make(tmp_path)
    assert torch.equal(graphs[0].x, graphs[0].x)
    assert torch.equal(graphs[0].x, plain[0].x + 1)


def chosen(graphs):
    """The data set itself, and all its graphs by every kind of index."""
    mask = torch.ones(len(graphs), dtype=torch.bool)
    return [graphs, graphs[:], graphs[mask], graphs[list(range(len(graphs)))][mask.numpy()]]


@pytest.mark.parametrize("make", ALL)
def test_attributes_that_are_set_on_a_graph_stay_with_it(make, tmp_path):
    graphs, plain = make(tmp_path), make(tmp_path)
    for some in chosen(graphs):
        for taken in (some[0], some.get(0), next(iter(some)), *some.shuffle()):
            taken.x, taken.name, taken.note = torch.zeros(1, 1), "mine", 1
            del taken.edge_index
    for some in chosen(graphs):
        assert some[0].keys() == plain[0].keys() and some[0].name == plain[0].name
        assert torch.equal(some[0].x, plain[0].x)
        assert torch.equal(some[0].edge_index, plain[0].edge_index)


@pytest.mark.parametrize("make", LABELLED)
def test_pairs_are_of_graphs_that_can_be_changed(make, tmp_path):
    graphs, plain = make(tmp_path), make(tmp_path)
    for source in (graphs, list(graphs)):
        pairs = PairDataset(source)
        for some in (pairs, pairs[:2], pairs[torch.arange(len(pairs)) < 2]):
            some[0].query.x = some[0].reference.x = torch.zeros(1, 1)
        assert all(torch.equal(a.x, b.x) for a, b in zip(source, plain, strict=True))


@pytest.mark.parametrize("make", IN_MEMORY)
def test_graphs_that_are_read_share_their_tensors(make, tmp_path):
    graphs = make(tmp_path)
    assert graphs[0].x is graphs[0].x is graphs[:1][0].x


@pytest.mark.parametrize("make", IN_MEMORY)
def test_what_is_done_once_is_kept(make, tmp_path):
    plain = make(tmp_path)
    kept = plain[0].name
    graphs = make(tmp_path, pre_transform=Constant(), pre_filter=lambda graph: graph.name != kept)
    assert [graph.name for graph in graphs] == [graph.name for graph in plain][1:]
    assert graphs.get(0).x.size(1) == plain[0].x.size(1) + 1
    with pytest.raises(ValueError, match="pre_filter leaves no graph"):
        make(tmp_path, pre_filter=lambda graph: False)


def test_other_values_follow_the_graphs(tmp_path):
    table = molecule_table(tmp_path)[[4, 1]]
    assert table.canonical_smiles == ["c1ccccc1", "CCCO"] and table.lines == [6, 3]
    assert table.cells("name") == ["m4", "m1"]
    brains = connectomes(tmp_path)
    some = brains[[4, 1]]
    assert (some.subjects, some.sites) == (["s4", "s1"], ["x", "y"])
    assert some.columns == {"age": ["4", "1"]} and some.positions == [4, 1]
    assert torch.equal(some.matrices, brains.matrices[[4, 1]])
    assert some.digests == [brains.digests[4], brains.digests[1]]
    rows = table_rows(tmp_path)[[5, 2]]
    assert rows.frame["a"].tolist() == [5, 2] and rows.targets.tolist() == [1, 0]
    assert molecule_rows(tmp_path)[[3]].rows[0].cells["name"] == "m3"


def test_a_loader_reads_a_choice(tmp_path):
    batch = next(iter(DataLoader(molecule_table(tmp_path)[2:5], batch_size=3)))
    assert batch.num_graphs == 3 and batch.name == ["m2", "m3", "m4"]


@pytest.mark.parametrize("make", LABELLED)
def test_graphs_in_memory_are_copied_and_moved(make, tmp_path):
    graphs = make(tmp_path)
    assert isinstance(graphs, InMemoryDataset)
    part = graphs.copy([2, 0])
    assert type(part) is type(graphs) and part[1].name == graphs[0].name and len(part) == 2
    assert part.to("cpu") is part and torch.equal(part[0].x, graphs[2].x)
    assert not isinstance(molecule_rows(tmp_path), InMemoryDataset)


@pytest.mark.parametrize("name", ["transform", "pre_transform"])
@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda graph: graph.to_dict(), TypeError, "must return a graph, .*got dict"),
        (lambda graph: None, TypeError, "must return a graph, .*got NoneType"),
        (lambda graph: (graph, 1), TypeError, "must return a graph, .*got"),
        (lambda graph, k: graph, ValueError, "failed with TypeError"),
        (Constant, TypeError, "must return a graph, .*got"),
    ],
)
def test_transforms_must_make_graphs(tmp_path, name, function, error, message):
    with pytest.raises(error, match=f"`{name}` {message}"):
        molecule_table(tmp_path, **{name: function})[0]


def test_filters_that_fail_are_named(tmp_path):
    with pytest.raises(ValueError, match="`pre_filter` failed with TypeError"):
        molecule_table(tmp_path, pre_filter=lambda graph, k: True)


@pytest.mark.parametrize("place", [99, -99])
def test_positions_that_do_not_exist_are_named(tmp_path, place):
    table = molecule_table(tmp_path)
    with pytest.raises(IndexError, match=f"no position {place} among {len(table)}"):
        table[place]
