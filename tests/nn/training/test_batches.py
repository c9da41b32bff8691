"""Training batches hold graphs once, with the target of every pair among them."""

import torch
from torch_geometric.data import Data

from pyg_siamex import PairDataset
from pyg_siamex.nn.training.batches import training_batches

GRAPHS = [Data(x=torch.full((1, 1), float(k)), y=torch.tensor(k % 3)) for k in range(10)]


def test_each_epoch_has_every_graph_once_with_all_targets():
    loader = training_batches(PairDataset(GRAPHS), 5, seed=0)
    orders = []
    for _ in range(2):
        batches = list(loader)
        numbers = [batch.graphs.x.flatten().long() for batch in batches]
        assert sorted(torch.cat(numbers).tolist()) == list(range(10))
        for own, batch in zip(numbers, batches, strict=True):
            alike = (own[:, None] % 3 == own[None] % 3).float()
            assert torch.equal(batch.target, alike)
        orders.append(torch.cat(numbers).tolist())
    assert orders[0] != orders[1]


def test_listed_pairs_are_drawn_by_pairs_and_others_are_unknown():
    index = [[0, 1], [2, 3], [4, 5], [6, 7]]
    pairs = PairDataset.from_pairs(GRAPHS, index, [1.0, 0.0, 0.5, 1.0])
    known = {(a, b): y for (a, b), y in zip(map(tuple, index), [1.0, 0.0, 0.5, 1.0], strict=True)}
    for batch in training_batches(pairs, 4, seed=1):
        own = batch.graphs.x.flatten().long().tolist()
        assert len(own) == 4 and torch.equal(batch.target.isnan(), batch.target.T.isnan())
        for i, a in enumerate(own):
            for j, b in enumerate(own):
                value, wanted = float(batch.target[i, j]), known.get((min(a, b), max(a, b)))
                assert value != value if wanted is None else value == wanted


def test_no_batch_of_one_graph_and_the_seed_gives_the_order():
    sizes = [batch.graphs.num_graphs for batch in training_batches(PairDataset(GRAPHS), 3, 0)]
    assert sizes == [3, 3, 3]
    first, again, other = (
        [b.graphs.x.flatten().tolist() for b in training_batches(PairDataset(GRAPHS), 5, seed)]
        for seed in (0, 0, 1)
    )
    assert first == again != other
