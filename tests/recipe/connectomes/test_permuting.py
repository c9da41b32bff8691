import numpy as np
import pytest
from small_study import study

from pyg_siamex.recipe import Judging, Settings, Trained, train_connectomes
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


def test_what_cannot_be_judged_proves_nothing():
    given, nan = Study(study(20, 0.0)), float("nan")
    assert permutation_p(found(nan), lambda labels: found(0.5), given, 9, 0) == 1
    chances = iter([nan, 0.5, 0.6, 0.5])
    p = permutation_p(found(0.7), lambda labels: found(next(chances)), given, 4, 0)
    assert p == pytest.approx((1 + 1) / 5)


def test_training_with_permuted_labels_tells_the_p(tmp_path):
    rng, count = np.random.default_rng(0), 40
    upper = np.triu(rng.standard_normal((count, 6, 6)), 1)
    upper[: count // 2, 0, 1:] += 6
    labels = np.array(["ill"] * (count // 2) + ["well"] * (count // 2))
    np.savez(tmp_path / "s.npz", matrices=upper + upper.transpose(0, 2, 1), label=labels)
    settings = Settings(folds=2, epochs=8, hidden=8, lr=1e-2)
    trained = train_connectomes(
        tmp_path / "s.npz", judging=Judging(permutations=3), settings=settings
    )
    assert trained.permutation_p == 1 / 4
    assert trained.summary()["p of the pair AUC, permuted labels"] == "0.2500"
    trained.save(tmp_path / "m.siamex")
    assert Trained.load(tmp_path / "m.siamex").metadata["permutation_p"] == 1 / 4
