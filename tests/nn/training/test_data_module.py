"""Loaders of the data module, and what it refuses."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex import PairDataset
from pyg_siamex.nn.training.data_module import PairDataModule, is_binary

NONE = torch.empty(2, 0, dtype=torch.long)
GRAPHS = [Data(x=torch.randn(2, 3), edge_index=NONE, y=torch.tensor(k % 2)) for k in range(20)]
PAIRS = PairDataset(GRAPHS)


def test_targets_of_0_and_1_are_binary():
    listed = PairDataset.from_pairs
    assert is_binary(PAIRS) and is_binary(listed(GRAPHS, [[0, 1]], [1.0]))
    assert is_binary(listed(GRAPHS, [[0, 1]])) and not is_binary(listed(GRAPHS, [[0, 1]], [0.5]))


def test_the_validation_loader_has_all_graphs_in_their_order():
    x = torch.cat([batch.x for batch in PairDataModule(PAIRS, PAIRS).val_dataloader()])
    assert torch.equal(x, torch.cat([graph.x for graph in GRAPHS]))


def test_the_seed_gives_the_order_of_the_training_graphs():
    def order(seed):
        data = PairDataModule(PAIRS, PAIRS, batch_size=10, seed=seed)
        return torch.cat([batch.graphs.x for batch in data.train_dataloader()])

    assert torch.equal(order(0), order(0)) and not torch.equal(order(0), order(1))


@pytest.mark.parametrize(("graphs", "size"), [(20, 16), (200, 25), (2000, 128)])
def test_a_batch_is_an_eighth_of_the_graphs_within_bounds(graphs, size):
    pairs = PairDataset(GRAPHS * (graphs // 20), num_pairs=10)
    assert PairDataModule(pairs, PAIRS).batch_size == size


def test_parts_without_targets_are_refused_by_name():
    unknown = PairDataset.unlabelled(GRAPHS, 10)
    with pytest.raises(ValueError, match="validation has no pairs with a known target"):
        PairDataModule(PAIRS, unknown)
    with pytest.raises(TypeError, match="pairs must be a PairDataset"):
        PairDataModule(GRAPHS, PAIRS)
    with pytest.raises(ValueError, match="batch_size must be at least 2"):
        PairDataModule(PAIRS, PAIRS, batch_size=1)


def test_a_seed_is_at_least_0():
    with pytest.raises(ValueError, match=r"seed must be at least 0 \(got -1\)"):
        PairDataModule(PAIRS, PAIRS, seed=-1)


def test_sizes_of_numpy_make_batches():
    edges = torch.tensor([[0, 1], [1, 2]])
    graphs = [Data(x=torch.rand(3, 2), edge_index=edges, y=torch.tensor(k % 2)) for k in range(12)]
    pairs = PairDataset(graphs)
    batches = PairDataModule(pairs, pairs, batch_size=np.int64(3)).train_dataloader()
    assert [batch.graphs.num_graphs for batch in batches] == [3, 3, 3, 3]
