import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pyg_siamex.recipe.connectomes.baselines import (
    BASELINES,
    Task,
    constant_scores,
    kernel_scores,
    linear_scores,
)


def task(classes=2, seed=0, measured=False):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((80, 12))
    value = x[:, 0] + 0.1 * rng.standard_normal(80)
    target = value if measured else np.digitize(value, [0.0] if classes == 2 else [-0.5, 0.5])
    people = [str(k) for k in range(60)]
    given = Task(x[:60], target[:60], x[60:], None if measured else classes, people)
    return given, target[60:]


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("scores_of", [linear_scores, kernel_scores])
def test_classes_are_learned(classes, scores_of):
    given, truth = task(classes)
    scores = scores_of(given)
    assert scores.shape == (20, classes)
    assert (scores.argmax(1) == truth).mean() > 0.6


@pytest.mark.parametrize("scores_of", [linear_scores, kernel_scores])
def test_values_are_learned(scores_of):
    given, truth = task(measured=True)
    assert np.corrcoef(scores_of(given)[:, 0], truth)[0, 1] > 0.7


def test_the_constant_is_the_mean():
    given, _ = task()
    assert np.allclose(constant_scores(given), [[1 - given.target.mean(), given.target.mean()]])


def test_principal_components_change_nothing():
    given, _ = task()
    scale = given.known.mean(0), given.known.std(0)
    known, asked = ((x - scale[0]) / scale[1] for x in (given.known, given.asked))
    by_hand = {
        penalty: LogisticRegression(C=penalty, class_weight="balanced", max_iter=2000)
        .fit(known, given.target)
        .predict_proba(asked)
        for penalty in np.logspace(-4, 1, 6)
    }
    own = linear_scores(given)
    assert min(np.abs(own - found).max() for found in by_hand.values()) < 1e-2


def test_persons_stay_together_when_penalties_are_chosen():
    given, _ = task()
    people = [str(k // 3) for k in range(60)]
    for known, asked in Task(given.known, given.target, given.asked, 2, people).inner():
        assert not {people[k] for k in known} & {people[k] for k in asked}


def test_all_have_names():
    assert list(BASELINES) == ["linear model", "kernel model", "constant"]
