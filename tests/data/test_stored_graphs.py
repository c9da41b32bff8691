"""Graphs on disk are read when they are needed, and are the same graphs."""

import torch
from torch_geometric.data import Data, OnDiskDataset

from pyg_siamex import PairDataset
from pyg_siamex.data.stored_graphs import StoredGraphs, each_of, is_stored, read_graphs

SIZE = 90


class OnDisk(OnDiskDataset):
    """A database of graphs that counts what is read."""

    def __init__(self, root):
        self.read = 0
        super().__init__(root, schema=object)

    def deserialize(self, data):
        self.read += 1
        return data


def listed():
    g = torch.Generator().manual_seed(0)
    return [
        Data(
            x=torch.rand(5, 4, generator=g),
            edge_index=torch.randint(5, (2, 8), generator=g),
            y=torch.tensor(k % 3),
        )
        for k in range(SIZE)
    ]


def on_disk(tmp_path):
    found = OnDisk(str(tmp_path))
    found.extend(listed())
    return found


def same(a, b):
    return torch.equal(a.x, b.x) and torch.equal(a.edge_index, b.edge_index)


def test_pairs_and_parts_are_those_of_a_list(tmp_path):
    stored, held = on_disk(tmp_path), listed()
    for pairs, other in zip(
        PairDataset(stored).split((0.6, 0.4)), PairDataset(held).split((0.6, 0.4)), strict=True
    ):
        assert isinstance(pairs.graphs, StoredGraphs) and isinstance(other.graphs, list)
        assert torch.equal(pairs.index, other.index) and torch.equal(pairs.target, other.target)
        for part, whole in zip(pairs.split((0.5, 0.5)), other.split((0.5, 0.5)), strict=True):
            assert torch.equal(part.index, whole.index)
            assert all(map(same, each_of(part.graphs), whole.graphs))
            assert same(part[0].query, whole[0].query)


def test_parts_read_nothing_until_they_are_asked(tmp_path):
    stored = on_disk(tmp_path)
    pairs = PairDataset(stored, labels=[k % 3 for k in range(SIZE)])
    before = stored.read
    part = pairs.subset(torch.arange(0, SIZE, 2))
    assert stored.read <= before + 1  # one is looked at
    part[0]
    assert stored.read <= before + 3


def test_parts_stay_behind_a_transform():
    def noisy(graph):
        return Data(x=torch.rand_like(graph.x), edge_index=graph.edge_index, y=graph.y)

    pairs = PairDataset(listed(), transform=noisy).subset(torch.arange(30))
    assert not torch.equal(pairs.graphs[3].x, pairs.graphs[3].x)
    first, second = read_graphs(pairs.graphs, [3, 3])
    assert not torch.equal(first.x, second.x) and int(first.y) == 3 % 3


def test_graphs_are_read_in_the_order_asked_for(tmp_path):
    stored, held = on_disk(tmp_path), listed()
    shuffled = stored.shuffle()
    for graphs in (stored, shuffled, StoredGraphs(shuffled, [3, 4, 5, 9, 12, 17, 50, 51])):
        wanted = [5, 5, 0, 7]
        found = read_graphs(graphs, wanted)
        assert all(same(one, graphs[k]) for one, k in zip(found, wanted, strict=True))
    assert all(map(same, each_of(stored), held))
    assert is_stored(stored) and not is_stored(held)
