import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import FitResult
from pyg_siamex.recipe.connectomes.cross_validation import cross_validate, folds_of

NONE = torch.empty(2, 0, dtype=torch.long)


class Itself(torch.nn.Module):
    """The features as they are."""

    def forward(self, x, edge_index):
        return x


def subjects(values, classes):
    return [
        Data(x=torch.tensor([[1.0, float(v)]]), edge_index=NONE, y=torch.tensor(c), key=k)
        for k, (v, c) in enumerate(zip(values, classes, strict=True))
    ]


def judged(values, classes, folds=3):
    graphs = subjects(values, classes)
    parts = folds_of(graphs, PairDataset, folds, 0, torch.tensor(classes))
    report = FitResult(1.0, 4, 0.0, False, [], None)
    return cross_validate(parts, lambda learn, validation: (SiameseGNN(Itself()), report))


def test_every_subject_is_held_out_once_and_never_learned_from():
    classes = [0, 1] * 12
    graphs = subjects(range(24), classes)
    parts = folds_of(graphs, PairDataset, 4, 0, torch.tensor(classes))
    held_out = [data.key for fold in parts for data in fold.test.graphs]
    assert sorted(held_out) == list(range(24))
    for fold in parts:
        keys = [
            {data.key for data in part.graphs} for part in (fold.learn, fold.validation, fold.test)
        ]
        assert sum(map(len, keys)) == 24 and set.union(*keys) == set(range(24))


def test_scans_of_one_person_stay_together():
    classes, people = [0, 0, 1, 1] * 8, [str(k // 2) for k in range(32)]
    graphs = subjects(range(32), classes)
    for fold in folds_of(graphs, PairDataset, 4, 0, torch.tensor(classes), people):
        names = [
            {people[data.key] for data in part.graphs}
            for part in (fold.learn, fold.validation, fold.test)
        ]
        assert not (names[0] & names[1] or names[0] & names[2] or names[1] & names[2])


def test_a_subject_that_stands_twice_under_two_names_is_in_one_part():
    classes = [0, 1, 0, 1] * 8
    graphs = subjects([k % 16 for k in range(32)], classes)
    for fold in folds_of(graphs, PairDataset, 4, 0, torch.tensor(classes)):
        found = [
            {data.key % 16 for data in part.graphs}
            for part in (fold.learn, fold.validation, fold.test)
        ]
        assert sum(map(len, found)) == 16


def test_a_model_that_tells_the_classes_apart_is_perfect():
    quality = judged([(5 + k / 100) * (-1) ** k for k in range(24)], [0, 1] * 12)
    assert quality.pair_auc == [1.0] * 3 and quality.accuracy == [1.0] * 3
    assert quality.usual_epochs == 5
    assert quality.words() == {"pair AUC": "1.000 \u00b1 0.000", "accuracy": "1.000 \u00b1 0.000"}


def test_a_model_that_knows_nothing_is_at_chance():
    torch.manual_seed(1)
    quality = judged(torch.randn(120).tolist(), [0, 1] * 60)
    assert abs(sum(quality.pair_auc) / 3 - 0.5) < 0.1
    assert abs(sum(quality.accuracy) / 3 - 0.5) < 0.2


def test_too_few_subjects_are_refused():
    with pytest.raises(ValueError):
        judged([1, 2, 3, 4], [0, 1, 0, 1])


def test_each_site_is_left_out_once():
    classes, sites = [0, 1] * 12, ["Oslo", "Bonn", "Rome"] * 8
    parts = folds_of(
        subjects(range(24), classes), PairDataset, 5, 0, torch.tensor(classes), sites=sites
    )
    held_out = [{sites[data.key] for data in fold.test.graphs} for fold in parts]
    assert held_out == [{"Bonn"}, {"Oslo"}, {"Rome"}]
    assert all(len(fold.test.graphs) == 8 for fold in parts)


@pytest.mark.parametrize(
    ("sites", "people", "words"),
    [
        (["Oslo"] * 8, None, "all subjects are of site 'Oslo'"),
        (["Oslo", "Rome"] * 4, ["a"] * 8, "'a' was measured at 'Oslo' and at 'Rome'"),
    ],
)
def test_sites_that_cannot_be_left_out_are_refused(sites, people, words):
    graphs = subjects(range(8), [0, 1] * 4)
    with pytest.raises(ValueError, match=words):
        folds_of(graphs, PairDataset, 5, 0, None, people, sites)
