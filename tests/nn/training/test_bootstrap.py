"""Intervals of pair AUCs."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.nn.training import bootstrap
from pyg_siamex.nn.training.bootstrap import _Curve, auc_interval


@pytest.fixture
def few_draws(monkeypatch):
    monkeypatch.setattr(bootstrap, "_DRAWS", 200)


def pairs_of(count, seed=0, num_pairs=None):
    labels = np.random.default_rng(seed).integers(0, 2, count)
    graphs = [Data(x=torch.tensor([[float(k)]]), y=int(y)) for k, y in enumerate(labels)]
    return PairDataset(graphs, num_pairs, seed=seed)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 3)), min_size=4, max_size=30
    )
)
@settings(max_examples=100, deadline=None)
def test_the_weighted_area_is_scikit_learns(rows):
    scores, alike, weights = map(np.array, zip(*rows, strict=True))
    area = _Curve(scores.astype(float), alike).area(weights)
    if not weights[alike].sum() or not weights[~alike].sum():
        assert area != area
        return
    assert area == pytest.approx(roc_auc_score(alike, scores, sample_weight=weights))


def test_random_scores_are_within_the_interval_of_a_half_nineteen_times_of_twenty(few_draws):
    inside = 0
    for seed in range(60):
        pairs = pairs_of(40, seed)
        values = torch.randn(40, generator=torch.Generator().manual_seed(seed))
        similarity = -(values[pairs.index[:, 0]] - values[pairs.index[:, 1]]).abs()
        found = auc_interval(similarity, pairs, seed)
        inside += found.low <= 0.5 <= found.high
    assert inside >= 52  # 57 are expected


def test_the_interval_is_about_twice_the_spread_over_new_graphs(few_draws):
    def score(pairs, noise):
        values = torch.tensor([float(g.y) for g in pairs.graphs]) + noise
        return -(values[pairs.index[:, 0]] - values[pairs.index[:, 1]]).abs()

    found, widths = [], []
    for seed in range(40):
        pairs = pairs_of(60, seed)
        noise = torch.randn(60, generator=torch.Generator().manual_seed(seed)) * 0.6
        interval = auc_interval(score(pairs, noise), pairs)
        found.append(interval.auc)
        widths.append(interval.high - interval.low)
    assert np.mean(widths) == pytest.approx(2 * 1.96 * np.std(found), rel=0.35)


def test_graphs_that_stay_together_are_drawn_together():
    pairs = pairs_of(60)
    similarity = torch.randn(len(pairs), generator=torch.Generator().manual_seed(0))
    single = auc_interval(similarity, pairs)
    pairs.groups = torch.arange(60) // 12
    five = auc_interval(similarity, pairs)
    assert five.auc == single.auc and (five.high - five.low) != (single.high - single.low)
    assert single.low < single.auc < single.high


def test_unknown_pairs_do_not_count_and_one_kind_is_refused():
    pairs = pairs_of(20)
    similarity = torch.randn(len(pairs), generator=torch.Generator().manual_seed(0))
    pairs.target[:5] = float("nan")
    known = ~pairs.target.isnan()
    assert auc_interval(similarity, pairs).auc == pytest.approx(
        roc_auc_score(pairs.target[known], similarity[known])
    )
    pairs.target[:] = 1
    with pytest.raises(ValueError, match="needs targets 0 and 1"):
        auc_interval(similarity, pairs)


def test_perfect_order_is_no_certainty():
    pairs = pairs_of(12)
    found = auc_interval(pairs.target, pairs)
    assert found.auc == 1 and found.low != found.low and str(found) == "1.000 (no interval)"
