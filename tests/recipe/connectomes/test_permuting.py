import numpy as np
import pytest
from small_study import study

from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation
from pyg_siamex.recipe.connectomes.permuting import permutation_p
from pyg_siamex.recipe.connectomes.study import Study


def found(value):
    return CrossValidation({"model": {"pair AUC": [value]}}, [1])


def test_p_is_the_share_that_is_as_good():
    given = Study(study(20, 0.0))
    chances = iter([0.5, 0.7, 0.8, 0.6, 0.9])
    p = permutation_p(found(0.7), lambda labels: found(next(chances)), given, 5, 0)
    assert p == pytest.approx((1 + 3) / 6)


def test_labels_are_permuted_over_persons_and_within_sites():
    sites = ["Oslo"] * 10 + ["Rome"] * 10
    given, seen = Study(study(20, 0.0, sites=sites)), []

    def judge(labels):
        seen.append(labels)
        return found(0.5)

    permutation_p(found(0.7), judge, given, 20, 0)
    assert len({tuple(labels.tolist()) for labels in seen}) > 10
    assert all(labels[:10].sum() == 5 and labels[10:].sum() == 5 for labels in seen)


def test_p_is_uniform_when_labels_say_nothing():
    given, rng = Study(study(12, 0.0)), np.random.default_rng(0)
    values = [
        permutation_p(found(rng.random()), lambda labels: found(rng.random()), given, 9, k)
        for k in range(300)
    ]
    assert np.mean(np.array(values) <= 0.1) == pytest.approx(0.1, abs=0.06)
