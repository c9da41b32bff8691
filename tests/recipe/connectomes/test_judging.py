import numpy as np
import pytest
import torch
from scipy.stats import pearsonr
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.recipe.connectomes.judging import (
    distinct_pairs,
    leave_out_same,
    pair_auc_of,
    similarity_of_scores,
    value_measures,
)


def test_pairs_of_one_person_are_left_out():
    row, col = distinct_pairs(4, np.array(["a", "a", "b", "c"]))
    assert list(zip(row.tolist(), col.tolist(), strict=True)) == [
        (0, 2),
        (0, 3),
        (1, 2),
        (1, 3),
        (2, 3),
    ]


def test_pair_auc_by_hand():
    similarity = np.array([[0, 0.9, 0.1], [0.9, 0, 0.5], [0.1, 0.5, 0]])
    alike = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    assert pair_auc_of(similarity, alike) == 1.0
    assert pair_auc_of(-similarity, alike) == 0.0
    with pytest.raises(ValueError, match="all alike"):
        pair_auc_of(similarity, np.ones((3, 3)))


def test_subjects_with_like_scores_are_alike():
    scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8]])
    similarity = similarity_of_scores(scores, measured=False)
    assert similarity[0, 1] > 0 > similarity[0, 2]
    values = similarity_of_scores(np.array([[1.0], [2.0], [5.0]]), measured=True)
    assert values.tolist() == [[0, -1, -4], [-1, 0, -3], [-4, -3, 0]]


def test_values_are_judged_by_their_definitions():
    rng = np.random.default_rng(0)
    found, predicted = rng.standard_normal((2, 30))
    measures = value_measures(predicted, found)
    assert measures["r"] == pytest.approx(pearsonr(predicted, found).statistic)
    assert measures["MAE"] == pytest.approx(np.abs(predicted - found).mean())
    ratio = ((found - predicted) ** 2).sum() / ((found - found.mean()) ** 2).sum()
    assert measures["R2"] == pytest.approx(1 - ratio)
    assert value_measures(np.ones(30), found)["r"] == 0


def test_scans_of_one_person_are_no_pairs_to_stop_by():
    none = torch.empty(2, 0, dtype=torch.long)
    graphs = [Data(torch.ones(1, 1), none, y=torch.tensor(k // 2 % 2)) for k in range(8)]
    pairs, people = PairDataset(graphs, 28), [str(k // 2) for k in range(8)]
    leave_out_same(pairs, people)
    assert len(pairs.index) == len(pairs.target) == 24
    assert all(people[i] != people[j] for i, j in pairs.index.tolist())
    few = PairDataset(graphs[:4], 6)
    leave_out_same(few, people[:4])  # the only alike pairs are of one person
    assert len(few.index) == 6
