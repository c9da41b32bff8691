"""The same pairs explained by several models."""

import numpy as np
import pytest
from small_study import study

from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.fold_maps import explained_pairs, map_stability, pair_maps
from pyg_siamex.recipe.connectomes.study import Study


def test_pairs_are_of_different_persons_and_share_nobody():
    together = [str(k // 2) for k in range(40)]
    pairs = explained_pairs(together, 3)
    assert len(pairs) == 8 and all(together[i] != together[j] for i, j in pairs)
    assert len({k for pair in pairs for k in pair}) == 16
    assert explained_pairs(["a"] * 6, 0) == []


def test_stability_is_the_mean_rank_correlation():
    one = np.arange(12.0).reshape(2, 6)
    assert map_stability([one, one**3, 2 * one]) == pytest.approx(1)
    assert map_stability([one, -one]) == pytest.approx(-1)
    assert map_stability([one]) is None and map_stability([one * 0, one]) is None


@pytest.mark.parametrize("encoder", [None, "WeightedGCN"])
def test_maps_of_the_same_model_are_the_same(encoder):
    given = Study(study(24))
    training = ConnectomeTraining.of(given.graphs, Settings(encoder=encoder, epochs=1, hidden=6))
    inputs = training.inputs(given.graphs, given.labels)
    pairs = explained_pairs(given.together, 0)
    learn = training.pairs(inputs)
    reader = training.train(learn, learn).reader
    maps = [pair_maps(training, reader, inputs, pairs) for _ in range(2)]
    assert maps[0].shape == (8, 28) and np.array_equal(*maps)
    assert map_stability(maps) == pytest.approx(1)
