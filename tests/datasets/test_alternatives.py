"""Graphs with several truths go through PyG's loaders, and keep the truth to themselves."""

import copy
import pickle

import pytest
import torch
from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader

from pyg_siamex.datasets import DataWithAlternatives


def graph(nodes, alternatives):
    data = DataWithAlternatives(x=torch.ones(nodes, 1))
    data.atom_truth = torch.eye(nodes, dtype=torch.bool)[:, :alternatives]
    return data


def test_a_batch_has_the_graphs_and_no_truth():
    graphs = [graph(3, 1), graph(4, 3)]
    (batch,) = DataLoader(graphs, batch_size=2)
    assert batch.num_graphs == 2 and len(batch.x) == 7
    with pytest.raises(AttributeError, match="atom_truth"):
        _ = Batch.from_data_list(graphs).atom_truth
    with pytest.raises(AttributeError, match="atom_truth"):
        _ = DataWithAlternatives().atom_truth


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))]
)
def test_the_truth_stays_with_copies(again):
    assert torch.equal(again(graph(4, 3)).atom_truth, torch.eye(4, dtype=torch.bool)[:, :3])
