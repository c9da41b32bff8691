"""Shards are learned from without holding them, by one process or by several."""

import lightning.pytorch as pl
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn.training import PairTraining, RecomputeBatchNorm, StreamDataModule, pair_auc

EDGES = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])


def graph(k: int) -> Data:
    x = torch.rand(3, 2, generator=torch.Generator().manual_seed(k)) + k % 2
    return Data(x=x, edge_index=EDGES, y=torch.tensor(k % 2), number=torch.tensor([k]))


class Shard:
    """Graphs that are made as they are read."""

    def __init__(self, numbers):
        self.numbers, self.held, self.most = numbers, 0, 0

    def __iter__(self):
        return map(graph, self.numbers)


SHARDS = [Shard(range(0, 20)), Shard(range(20, 25)), Shard(range(25, 43))]
HELD_OUT = PairDataset([graph(k) for k in range(100, 130)])


def numbers(batches):
    return [batch.graphs.number.tolist() for batch in batches]


def test_each_epoch_has_every_graph_at_most_once_in_another_order():
    data = StreamDataModule(SHARDS, HELD_OUT, batch_size=4, buffer=8)
    loader = data.train_dataloader()
    epochs = [list(loader), list(loader)]
    for batches in epochs:
        found = [k for batch in numbers(batches) for k in batch]
        assert len(found) == len(set(found)) == 40 and set(found) <= set(range(43))
        for batch in batches:
            classes = batch.graphs.number % 2
            assert torch.equal(batch.target, (classes[:, None] == classes[None]).float())
    assert numbers(epochs[0]) != numbers(epochs[1])
    again = StreamDataModule(SHARDS, HELD_OUT, batch_size=4, buffer=8).train_dataloader()
    assert numbers(again) == numbers(epochs[0]) and numbers(again) == numbers(epochs[1])


def test_a_buffer_mixes_shards():
    data = StreamDataModule([range_of(0, 50), range_of(50, 100)], HELD_OUT, 10, buffer=60)
    first = numbers(data.train_dataloader())[0]
    assert min(first) < 50 <= max(first)


def range_of(first, end):
    return [graph(k) for k in range(first, end)]


def test_processes_share_each_batch(monkeypatch):
    seen = []
    for rank in (0, 1):
        data = StreamDataModule(SHARDS, HELD_OUT, batch_size=4, buffer=8)
        monkeypatch.setattr(StreamDataModule, "processes", (2, rank))
        seen.append(numbers(data.train_dataloader()))
    assert len(seen[0]) == len(seen[1]) == 5
    together = [k for one in seen for batch in one for k in batch]
    assert len(together) == len(set(together)) == 40


def test_values_are_alike_within_a_difference():
    graphs = [graph(k) for k in range(12)]
    for k, one in enumerate(graphs):
        one.y = torch.tensor(float(k))
    [batch] = StreamDataModule([graphs], HELD_OUT, 12, 12, max_difference=2).train_dataloader()
    value = batch.graphs.y
    assert torch.equal(batch.target, ((value[:, None] - value[None]).abs() <= 2).float())


def test_a_model_learns_from_shards():
    torch.manual_seed(0)
    model = SiameseGNN(GIN(2, 8, 2, norm="batch_norm"), pool="add", similarity="cosine")
    module = PairTraining(model, "contrastive", lr=1e-2)
    trainer = pl.Trainer(
        max_epochs=5,
        accelerator="cpu",
        callbacks=[RecomputeBatchNorm()],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, StreamDataModule(SHARDS, HELD_OUT, batch_size=8, buffer=16))
    assert pair_auc(model.eval(), HELD_OUT) > 0.9


def test_what_cannot_be_learned_from_is_refused():
    with pytest.raises(ValueError, match="no shards"):
        StreamDataModule([], HELD_OUT)
    with pytest.raises(ValueError, match="buffer must be at least 8"):
        StreamDataModule(SHARDS, HELD_OUT, batch_size=8, buffer=4)


def stream(shards, **options):
    given = {"batch_size": 4, "buffer": 4, **options}
    return list(StreamDataModule(shards, HELD_OUT, **given).train_dataloader())


@pytest.mark.parametrize("shards", [None, 3, {1, 2}], ids=["none", "number", "set"])
def test_what_is_no_list_of_shards_is_named(shards):
    with pytest.raises(TypeError, match="`shards` must be a list of iterables of graphs"):
        stream(shards)


@pytest.mark.parametrize("shard", [None, 3, "graphs", graph(0)], ids=["none", "3", "text", "graph"])
def test_what_is_no_shard_is_named(shard):
    with pytest.raises(TypeError, match=r"shards\[1\] must be a list of torch_geometric Data"):
        stream([SHARDS[0], shard])


@pytest.mark.parametrize("size", [None, "4", 4.0])
def test_what_is_no_size_of_batches_is_named(size):
    with pytest.raises(TypeError, match="batch_size must be a whole number"):
        stream(SHARDS, batch_size=size)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"edge_index": EDGES[0]}, r"graph 2 of shards\[0\] has edge_index \[4\]"),
        ({"x": torch.rand(3, 5)}, r"graph . of shards\[0\] has features \[.\] of torch.float32"),
        ({"x": [[1.0, 2.0]] * 3}, r"x of graph 2 of shards\[0\] is a list"),
        ({"number": torch.rand(2, 2)}, "the graphs of a batch cannot be joined: "),
    ],
    ids=["edges", "width", "list", "attribute"],
)
def test_graphs_that_cannot_be_joined_are_named_by_their_shard(values, message):
    graphs = [graph(k) for k in range(4)]
    for name, value in values.items():
        graphs[2][name] = value
    with pytest.raises((TypeError, ValueError), match=message):
        stream([graphs])


def test_shards_of_which_nothing_is_learned_are_refused():
    with pytest.raises(ValueError, match="`shards` have 0 graphs, and a step takes 4"):
        stream([[], []])
    with pytest.raises(ValueError, match="`shards` have 3 graphs, and a step takes 4"):
        stream([[graph(0), graph(1)], [graph(2)]])
    with pytest.raises(TypeError, match=r"shards\[0\] is an iterator, which is read once"):
        stream([iter([graph(k) for k in range(8)])])


@pytest.mark.parametrize(
    ("y", "told"),
    [
        (None, "graph 3 of shards.0. has no target y: set it$"),
        (torch.tensor([0, 1]), "graph 3 of shards.0. has 2 targets: set y to one"),
        (torch.tensor(float("nan")), "the target of graph 3 of shards.0. is NaN"),
        ("a", "the target y of graph 3 of shards.0. must be a number"),
    ],
    ids=["none", "two", "NaN", "text"],
)
def test_targets_are_named_by_their_shard(y, told):
    shards = [[graph(k) for k in range(10)], [graph(k) for k in range(10)]]
    shards[0][3].y = y
    module = StreamDataModule(
        shards, PairDataset([graph(k) for k in range(6)]), batch_size=20, buffer=20
    )
    with pytest.raises((TypeError, ValueError), match=told):
        next(iter(module.train_dataloader()))


def test_features_of_another_type_are_not_cast():
    shards = [[graph(k) for k in range(10)], [graph(k) for k in range(10)]]
    shards[1][4].x = shards[1][4].x.half()
    known = PairDataset([graph(k) for k in range(6)])
    module = StreamDataModule(shards, known, batch_size=20, buffer=20)
    with pytest.raises((TypeError, ValueError), match=r"graph 4 of shards.1. has .*float16"):
        next(iter(module.train_dataloader()))
