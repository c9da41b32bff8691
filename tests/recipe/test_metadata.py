"""What the files of models say of them is checked when they are read."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_models import molecule_model

from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.metadata import check_metadata

ATLAS = {"name": "a", "names": ["x", "y"], "coordinates": None, "networks": None}
BRAINS = {
    "kind": "connectomes",
    "source": {"path": "matrices"},
    "graphs": {"threshold": ["density", 0.2], "sign": "weight", "asymmetric": "raise"},
    "cross_validation": {"pair_auc": [0.5, math.nan], "baselines": {"linear": {"AUC": [1.0]}}},
    "spread": 0.5,
}
BRAINS["graphs"]["atlas"] = ATLAS
ROWS = {"rows": {"scaling": {"columns": ["a"], "mean": [0.5], "scale": [1]}}, "source": "a.csv"}


@pytest.mark.parametrize("known", [{}, {"note": object()}, BRAINS, ROWS, {"features": {}}])
def test_what_the_library_writes_is_accepted(known):
    check_metadata(known)


def changed(known, path, value):
    found = json.loads(json.dumps(known))
    here = found
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return found


@pytest.mark.parametrize(
    ("known", "path", "value", "message"),
    [
        (BRAINS, ["spread"], "x", r"metadata\['spread'\] hold a str in place of a int or float"),
        (BRAINS, ["graphs"], [], r"metadata\['graphs'\] hold a list in place of a dict"),
        (BRAINS, ["graphs", "atlas", "names", 1], 3, r"\['names'\]\[1\] hold a int"),
        (BRAINS, ["cross_validation", "baselines", "linear"], 1.0, r"\['linear'\] hold a float"),
        (BRAINS, ["source"], {}, r"metadata\['source'\] lack 'path'"),
        (ROWS, ["rows", "scaling", "mean"], None, r"\['mean'\] hold a NoneType"),
        (BRAINS, ["source", "pth"], "x", r"\['source'\] have an unknown 'pth'"),
        (BRAINS, ["graphs", "threshold"], ["density"], r"\['threshold'\] have 1 values"),
        (BRAINS, ["test_pair_auc_interval"], [1, 2, 3], r"have 3 values"),
        (BRAINS, ["test_pair_auc_interval"], ["a", 2], r"\[0\] hold a str"),
        (ROWS, ["class_names"], [True], r"\['class_names'\]\[0\] hold a bool"),
    ],
)
def test_the_first_wrong_entry_is_named(known, path, value, message):
    with pytest.raises(ValueError, match=message):
        check_metadata(changed(known, path, value))


plain = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)


@given(value=plain, at=st.sampled_from([["graphs", "atlas"], ["source"], ["spread"], ["graphs"]]))
def test_any_values_are_accepted_or_named(value, at):
    try:
        check_metadata(changed(BRAINS, at, value))
    except ValueError as error:
        assert "its metadata" in str(error) and len(str(error)) < 300


def test_files_are_refused_when_they_are_read(tmp_path):
    path = tmp_path / "model.siamex"
    trained = molecule_model(training_pair_auc="high")
    trained.save(path)
    with pytest.raises(ValueError, match=r"model.siamex is damaged: its metadata\['training_pair"):
        Trained.load(path)
