"""Settings of graphs in models' files agree with themselves and with the model."""

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_models import molecule_model

from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.nn import build_siamese
from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.metadata_fit import check_fit


def model(channels=2):
    torch.manual_seed(0)
    return build_siamese("GIN", in_channels=channels, hidden_channels=4, num_layers=1).eval()


ATLAS = {
    "name": "a",
    "names": ["x", "y"],
    "coordinates": [[0, 1, 2], [3, 4, 5]],
    "networks": ["m", "n"],
    "numbers": [1, 2],
}
CONFOUNDS = {
    "names": ["age"],
    "mean": [30.0],
    "regions": 2,
    "slopes": [[0.1]],
    "known": {"0": [25]},
}
GRAPHS = {"threshold": ["density", 0.2], "sign": "weight", "asymmetric": "raise", "atlas": ATLAS}
KNOWN = {
    "rows": {"rows": {"scaling": {"columns": ["a", "b"], "mean": [0.5, 1], "scale": [1, 2]}}},
    "brains": {
        "graphs": {
            **GRAPHS,
            "connectivity": "tangent",
            "mean": [[2, 0.5], [0.5, 1]],
            "confounds": CONFOUNDS,
        },
    },
}


@pytest.mark.parametrize("name", KNOWN)
def test_settings_that_fit_are_accepted(name):
    check_fit(KNOWN[name], model())


def changed(known, path, value=None):
    """With another value, or without the entry."""
    found = json.loads(json.dumps(known))
    here = found
    for key in path[:-1]:
        here = here[key]
    if value is None:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return found


def lists(tree, path=()):
    """Paths of the entries of lists."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from lists(value, (*path, key))
    elif isinstance(tree, list):
        for k, value in enumerate(tree):
            yield (*path, k)
            yield from lists(value, (*path, k))


@pytest.mark.parametrize("name", KNOWN)
def test_lists_that_lack_an_entry_are_refused(name):
    places = [path for path in lists(KNOWN[name]) if "threshold" not in path]
    assert len(places) > 5
    for path in places:
        with pytest.raises(ValueError):
            check_fit(changed(KNOWN[name], path), model())


@pytest.mark.parametrize(
    ("name", "path", "value", "message"),
    [
        ("rows", ["scale", 1], 0, "scales that are not above 0"),
        ("rows", ["scale", 1], float("nan"), "scales that are not above 0"),
        ("rows", ["mean", 0], float("inf"), "means that are not finite"),
        ("rows", ["columns", 1], "a", "not one of different columns"),
        ("brains", ["mean"], [[1, 2], [2, 1]], "not positive definite"),
        ("brains", ["mean"], [[1.0]], "have 1 and 2 regions"),
        ("brains", ["mean", 0, 0], float("nan"), "not positive definite"),
        ("brains", ["confounds", "slopes", 0, 0], float("nan"), "not finite numbers"),
        ("brains", ["confounds", "known", "0"], 25, "other numbers of values"),
        ("brains", ["confounds", "known", "0", 0], "x", "not finite numbers"),
        ("brains", ["threshold", 0], "none", "none"),
        ("brains", ["threshold", 1], 2.5, "density must be"),
        ("brains", ["threshold", 1], "x", "density` must be a number"),
        ("brains", ["sign"], "odd", "sign"),
        ("brains", ["atlas", "names"], ["x", "x"], "two ROIs named 'x'"),
        ("brains", ["atlas", "coordinates", 0, 0], float("nan"), "not finite"),
    ],
)
def test_what_does_not_fit_is_named(name, path, value, message):
    at = ["rows", "scaling"] if name == "rows" else ["graphs"]
    with pytest.raises(ValueError, match=message):
        check_fit(changed(KNOWN[name], [*at, *path], value), model())


@pytest.mark.parametrize("name", KNOWN)
def test_models_of_another_width_are_refused(name):
    with pytest.raises(ValueError, match=r"its graphs have 2 .*, and its model takes 3"):
        check_fit(KNOWN[name], model(3))


@given(st.lists(st.sampled_from(OneHotMolecule().node_features), unique=True))
def test_molecules_must_have_the_features_of_the_model(names):
    trained = molecule_model()
    plain = {"features": {"node_features": names, "edge_features": []}}
    if len(names) == len(OneHotMolecule().node_features):
        check_fit(plain, trained.model)
        return
    with pytest.raises(ValueError, match=r"its model takes|keep at least one"):
        check_fit(plain, trained.model)


def test_the_file_is_named(tmp_path):
    path = tmp_path / "model.siamex"
    for settings in ({"node_features": ["atomic_num"]}, {"zz": 1}, {"node_features": ["none"]}):
        molecule_model(features=settings).save(path)
        with pytest.raises(ValueError, match=r"model\.siamex is damaged: .*\. Train it again"):
            Trained.load(path)
