from dataclasses import replace

import pytest
import torch
from small_study import study

from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.cross_validation import cross_validate
from pyg_siamex.recipe.connectomes.held_out import (
    check_judged,
    held_out_folds,
    p_of_permutations,
    split_of,
)
from pyg_siamex.recipe.connectomes.study import Study

SETTINGS = Settings(epochs=8, hidden=4, lr=2e-2)


def given(*args, **more):
    found = Study(study(*args, **more))
    return found, ConnectomeTraining.of(found.graphs, SETTINGS)


def test_few_subjects_are_not_split(caplog):
    assert held_out_folds(*given(18), 5) is None
    assert "18 subjects are too few to hold some out" in caplog.text
    assert len(held_out_folds(*given(40), 2)) == 2
    assert held_out_folds(*given(20), 2) is None
    assert "(fold 1 of 2 has 2 to stop by, and no two graphs are alike; more `folds`" in caplog.text


@pytest.mark.parametrize("folds", [None, 2, 12, 13])
def test_folds_that_are_asked_for_in_vain_are_told(caplog, folds):
    found = Study(study(12))
    training = ConnectomeTraining.of(found.graphs, replace(SETTINGS, folds=folds))
    assert held_out_folds(found, training, 5 if folds is None else folds) is None
    assert "12 subjects are too few to hold some out (fewer than 20)" in caplog.text
    assert (f"`folds` ({folds}) has no effect" in caplog.text) == (folds is not None)


def test_there_are_no_more_folds_than_subjects():
    with pytest.raises(ValueError, match="`folds` is 41, and there are 40 subjects"):
        held_out_folds(*given(40), 41)


def test_sites_are_left_out_one_by_one():
    few, training = given(40, sites=["Oslo"] * 20 + ["Rome"] * 20)
    assert [fold.test for fold in split_of(few, training, 5, few.labels)] == [
        list(range(20)),
        list(range(20, 40)),
    ]


@pytest.mark.parametrize(("effect", "low", "high"), [(3.0, 0.1, 0.1), (0.0, 0.15, 1.0)])
def test_p_is_small_only_where_there_is_a_difference(effect, low, high):
    few, training = given(40, effect)
    folds = held_out_folds(few, training, 2)
    found = cross_validate(few, training, folds)
    p = p_of_permutations(few, training, found, 2, 9)
    assert low <= p <= high


def test_nobody_held_out_has_no_p():
    with pytest.raises(ValueError, match="18 are too few"):
        check_judged(*given(18), None)
    assert torch.equal(given(18)[0].labels, torch.tensor([0, 1] * 9))


@pytest.mark.parametrize(
    ("sites", "way"), [(None, "take fewer `folds`"), ([str(k) for k in range(20)], "leave `site`")]
)
def test_folds_of_one_subject_have_no_p(sites, way):
    few, training = given(20, sites=sites)
    with pytest.raises(ValueError, match=f"none of 20 folds holds out both .*: {way}"):
        check_judged(few, training, held_out_folds(few, training, 20))
    usual, training = given(20)
    check_judged(usual, training, held_out_folds(usual, training, 4))
