import pytest
import torch
from graphs import random_graph

from pyg_siamex import PairDataset
from pyg_siamex.metric import permuted

GRAPHS = [random_graph(4, seed) for seed in range(12)]


def test_labels_keep_their_counts_and_lose_their_graphs():
    pairs = PairDataset(GRAPHS, 20, labels=[seed % 3 for seed in range(12)])
    out = permuted(pairs, seed=1)
    assert sorted(out.labels.tolist()) == sorted(pairs.labels.tolist())
    assert out.labels.tolist() != pairs.labels.tolist()
    query, reference = out.index.unbind(1)
    assert torch.equal(out.target, (out.labels[query] == out.labels[reference]).float())
    assert len(out) == 20
    assert torch.equal(permuted(pairs, seed=1).labels, out.labels)
    assert not torch.equal(permuted(pairs, seed=2).labels, out.labels)


def test_values_are_permuted_under_the_same_threshold():
    values = torch.arange(12.0)
    pairs = PairDataset.from_difference(GRAPHS, 3.0, values, num_pairs=20)
    out = permuted(pairs)
    assert sorted(out.relation.values.tolist()) == values.tolist()
    query, reference = out.relation.values[out.index].unbind(1)
    assert torch.equal(out.target, ((query - reference).abs() <= 3).float())


def test_listed_pairs_stay_and_their_scores_move():
    index = [[k, k + 1] for k in range(10)]
    pairs = PairDataset.from_pairs(GRAPHS, index, scores=torch.arange(10.0))
    out = permuted(pairs)
    assert torch.equal(out.index, pairs.index)
    assert sorted(out.target.tolist()) == sorted(pairs.target.tolist())
    assert out.target.tolist() != pairs.target.tolist()


def test_unlabelled_pairs_are_refused():
    with pytest.raises(ValueError, match="no labels to permute"):
        permuted(PairDataset.unlabelled(GRAPHS))
