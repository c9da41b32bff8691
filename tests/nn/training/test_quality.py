import warnings

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn.training import (
    CollapseWarning,
    embed_all,
    pair_auc,
    pair_similarities,
    spread,
)
from pyg_siamex.nn.training.quality import auc, warn_if_collapsed


def test_spread_is_the_mean_cosine_of_distinct_graphs():
    h = torch.randn(6, 4)
    cosine = torch.nn.functional.cosine_similarity(h[:, None], h[None], dim=-1)
    expected = (cosine.sum() - 6) / 30
    assert spread(h) == pytest.approx(expected.item(), abs=1e-6)
    with pytest.raises(ValueError, match="at least 2"):
        spread(h[:1])


def test_auc_by_hand_and_unknown_targets_left_out():
    s = torch.tensor([0.9, 0.1, 0.5, 0.3, 0.7])
    y = torch.tensor([1, 0, 1, 0, float("nan")])
    assert auc(s, y) == 1
    assert auc(-s, y) == 0
    with pytest.raises(ValueError, match="targets 0 and 1"):
        auc(s[:1], y[:1])


def test_pair_similarities_equal_the_model():
    graphs = [random_graph(4 + k % 3, k) for k in range(9)]
    pairs = PairDataset(graphs, labels=[0, 1, 2] * 3, num_pairs=20)
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    expected = torch.cat([model(p.query, p.reference) for p in (pairs[k] for k in range(20))])
    assert torch.allclose(pair_similarities(model, pairs), expected, atol=1e-5)
    assert 0 <= pair_auc(model, pairs) <= 1


def test_embedding_all_does_not_change_the_mode():
    model = SiameseGNN(GIN(FEATURES, 8, 2, dropout=0.5)).train()
    first = embed_all(model, [random_graph(4), random_graph(5)])
    assert model.training and model.encoder.dropout.training
    assert torch.equal(first, embed_all(model, [random_graph(4), random_graph(5)]))


def test_collapse_is_said():
    with pytest.warns(CollapseWarning, match=r"mean cosine 0\.9980"):
        assert warn_if_collapsed(0.998)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not warn_if_collapsed(0.9)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_what_is_not_finite_has_neither_auc_nor_spread(value):
    with pytest.raises(ValueError, match="similarities of the pairs are NaN or infinite"):
        auc(torch.tensor([0.1, value, 0.3]), torch.tensor([0.0, 1.0, 1.0]))
    assert auc(torch.tensor([0.1, value, 0.3]), torch.tensor([0.0, torch.nan, 1.0])) == 1
    with pytest.raises(ValueError, match="embeddings hold NaN or infinite values"):
        spread(torch.tensor([[value, 1.0], [1.0, 2.0]]))


def test_embeddings_of_zeros_are_all_the_same():
    assert spread(torch.zeros(3, 4)) == 1.0
    some = torch.cat([torch.zeros(2, 4), torch.eye(4)])
    assert spread(some) == pytest.approx(2 / 30)  # the two zeros, of 30 ordered pairs
