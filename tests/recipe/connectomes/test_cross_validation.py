"""Held-out subjects judge the model, and baselines and confounds beside it."""

from statistics import mean

import numpy as np
import pytest
import torch
from small_study import noise, shifted, study, values

from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.confounds import Confounds
from pyg_siamex.recipe.connectomes.cross_validation import (
    CrossValidation,
    HeldOutPairs,
    cross_validate,
    mean_of,
)
from pyg_siamex.recipe.connectomes.folds import folds_of
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.study import Study

SETTINGS = Settings(epochs=15, hidden=8, lr=2e-2)


def judged(given, labels=None, folds=3):
    training = ConnectomeTraining.of(given.graphs, SETTINGS)
    labels = given.labels if labels is None else labels
    classes = None if given.classes is None else labels
    parts = folds_of(len(labels), folds, 0, classes, given.together)
    return cross_validate(given, training, parts, labels)


def test_a_difference_is_found_by_all_but_a_constant():
    found = judged(Study(study(60)))
    assert mean(found.pair_auc) > 0.9 and mean(found.accuracy) > 0.9
    for who in ("linear model", "kernel model"):
        assert mean(found.scores[who]["pair AUC"]) > 0.9
    assert found.scores["constant"]["pair AUC"] == [0.5] * 3
    assert set(found.words()) == {"pair AUC", "accuracy"}
    plain = found.to_dict()
    assert plain["pair_auc"] == found.pair_auc and "linear model" in plain["baselines"]


def test_labels_that_say_nothing_are_at_chance():
    given = Study(study(120, effect=0.0))
    found = judged(given)
    for who in found.scores:
        assert abs(mean(found.scores[who]["pair AUC"]) - 0.5) < 0.12
    bins = found.pairs.reliability().bins
    assert all(0.2 < one.claimed < 0.8 for one in bins)


def test_measured_values_are_predicted():
    found = judged(Study(values(60)))
    assert set(found.scores["model"]) == {"pair AUC", "r", "MAE", "R2"}
    assert mean(found.scores["model"]["r"]) > 0.7 and mean(found.scores["model"]["R2"]) > 0.3
    assert mean(found.scores["linear model"]["r"]) > 0.8
    assert 0 < mean(found.scores["model"]["MAE"]) < 10
    assert found.accuracy == []


def confounded(count=90):
    """Age moves three connections, and patients are older; the disease does nothing."""
    ages = np.random.default_rng(3).uniform(20, 80, count)
    classes = (ages + np.random.default_rng(4).normal(0, 12, count) > 50).astype(int)
    matrices = shifted(noise(count), (ages - 50) / 10)
    columns = {"age": [f"{age:.1f}" for age in ages]}
    return GraphRecipe().graphs(Subjects(matrices, labels=classes, columns=columns))


def test_what_a_confound_explains_is_gone_when_it_is_taken_out():
    graphs = confounded()
    plain = judged(Study(graphs))
    confounds = Confounds.of_columns(graphs.columns, ["age"], graphs.subjects)
    corrected = judged(Study(graphs, confounds))
    assert mean(plain.pair_auc) > 0.6 and mean(plain.scores["linear model"]["accuracy"]) > 0.75
    for who in ("model", "linear model", "kernel model"):
        assert mean(corrected.scores[who]["pair AUC"]) < 0.58
    assert mean(corrected.scores["confounds alone"]["accuracy"]) > 0.75
    assert "confounds alone" not in plain.scores


def test_pairs_of_one_person_are_not_judged():
    graphs = study(40, groups=[f"p{k // 4}{k % 2}" for k in range(40)])
    found = judged(Study(graphs))
    sizes = [len(fold.test) for fold in folds_of(40, 3, 0, Study(graphs).labels, graphs.groups)]
    every = sum(size * (size - 1) // 2 for size in sizes)
    assert len(found.pairs.alike) == every - 20  # 20 persons with two scans each
    assert found.pairs.persons == 20


def test_each_fold_is_judged_by_the_calibration_of_the_others():
    torch.manual_seed(0)
    fold = torch.arange(3).repeat_interleave(400)
    similarity = torch.rand(1200) * 2 - 1
    alike = (torch.rand(1200) < torch.sigmoid(4 * similarity)).float()
    good = HeldOutPairs(similarity, alike, fold, 100)
    assert good.both_kinds and good.reliability().error < 0.05
    broken = HeldOutPairs(torch.where(fold == 0, -similarity, similarity), alike, fold, 100)
    assert broken.reliability().error > 0.15
    assert not HeldOutPairs(similarity, torch.ones(1200), fold, 100).both_kinds


def test_folds_without_both_kinds_are_left_out_of_means():
    found = CrossValidation({"model": {"pair AUC": [0.8, float("nan"), 0.6]}}, [1, 2, 3])
    assert mean_of(found.pair_auc) == pytest.approx(0.7)
    assert found.words()["pair AUC"] == "0.700 ± 0.141"
    assert np.isnan(mean_of([float("nan")]))
