import numpy as np
import pytest
import torch
from small_study import study, values

from pyg_siamex.recipe.connectomes.confounds import Confounds
from pyg_siamex.recipe.connectomes.study import Study


def test_classes_labels_and_persons_are_those_of_the_subjects():
    given = Study(study(6, groups=["x", "y", "x", "y", "z", "w"]))
    assert given.classes == 2 and given.labels.tolist() == [0, 1] * 3
    assert given.together == ["x", "y", "x", "y", "z", "w"]
    assert given.seen_from([0, 1]) is given.graphs
    assert Study(values(6)).classes is None
    with pytest.raises(ValueError, match="no confounds"):
        given.confound_model([0, 1])


def test_held_out_subjects_teach_nothing():
    graphs = study(20)
    ages = np.random.default_rng(0).uniform(20, 60, (20, 1))
    known = list(range(15))
    found = Study(graphs, Confounds(["age"], ages, ["age"])).seen_from(known)
    other = ages.copy()
    other[19] = 1000.0
    changed = Study(graphs, Confounds(["age"], other, ["age"])).seen_from(known)
    assert torch.equal(found.matrices[:19], changed.matrices[:19])
    assert not torch.allclose(found.matrices[19], changed.matrices[19])
    assert found[3].y == graphs[3].y and found[3].name == graphs[3].name


def test_equal_graphs_under_two_names_stay_together():
    given = Study(study(6, groups=["x", "y", "z", "u", "v", "w"]))
    given.graphs._graphs[4] = given.graphs[1]
    assert given.together == ["x", "y", "z", "u", "y", "w"]
