import pytest
import torch

from pyg_siamex.recipe.connectomes.folds import folds_of


def parts_of(fold):
    return [set(part) for part in (fold.learn, fold.validation, fold.test)]


def test_every_subject_is_held_out_once_and_never_learned_from():
    folds = folds_of(24, 4, 0, torch.tensor([0, 1] * 12))
    assert sorted(k for fold in folds for k in fold.test) == list(range(24))
    for fold in folds:
        assert set.union(*parts_of(fold)) == set(range(24))
        assert sum(map(len, parts_of(fold))) == 24
        assert fold.known == sorted({*fold.learn, *fold.validation})


def test_scans_of_one_person_stay_together():
    classes, people = torch.tensor([0, 0, 1, 1] * 8), [str(k // 2) for k in range(32)]
    for fold in folds_of(32, 4, 0, classes, people):
        names = [{people[k] for k in part} for part in parts_of(fold)]
        assert not (names[0] & names[1] or names[0] & names[2] or names[1] & names[2])


def test_each_site_is_left_out_once():
    sites = ["Oslo", "Bonn", "Rome"] * 8
    folds = folds_of(24, 5, 0, torch.tensor([0, 1] * 12), sites=sites)
    assert [{sites[k] for k in fold.test} for fold in folds] == [{"Bonn"}, {"Oslo"}, {"Rome"}]
    assert all(len(fold.test) == 8 for fold in folds)


@pytest.mark.parametrize(
    ("sites", "people", "words"),
    [
        (["Oslo"] * 8, None, "all subjects are of site 'Oslo'"),
        (["Oslo", "Rome"] * 4, ["a"] * 8, "'a' was measured at 'Oslo' and at 'Rome'"),
    ],
)
def test_sites_that_cannot_be_left_out_are_refused(sites, people, words):
    with pytest.raises(ValueError, match=words):
        folds_of(8, 5, 0, None, people, sites)
