"""One-hot features of molecules."""

import json

import pytest
import torch
from chemistry.molecules import SMILES
from torch_geometric.utils.smiles import x_map

from pyg_siamex.datasets import OneHotMolecule, molecule


def test_one_hot_columns_say_what_they_hold():
    transform = OneHotMolecule()
    data = transform(molecule("C[N+](C)(C)CC(=O)[O-]"))
    assert data.x.dtype == torch.float
    assert data.x.shape == (8, transform.num_node_features)
    assert data.edge_attr.shape == (14, transform.num_edge_features)
    column = transform.node_feature_names.index
    assert data.x[:, column("atomic_num=N")].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert data.x[1, column("formal_charge=1")] == 1
    assert data.x[7, column("formal_charge=-1")] == 1
    double = transform.edge_feature_names.index("bond_type=DOUBLE")
    assert data.edge_attr[:, double].sum() == 2


def test_every_feature_sums_to_one_category():
    transform = OneHotMolecule(node_features=list(x_map))
    for smiles in SMILES:
        x = transform(molecule(smiles)).x
        for feature in x_map:
            columns = [
                k
                for k, name in enumerate(transform.node_feature_names)
                if name.startswith(f"{feature}=")
            ]
            if columns:
                assert (x[:, columns].sum(1) == 1).all()


def test_unknown_elements_are_other_and_not_nothing():
    transform = OneHotMolecule(node_features=["atomic_num"])
    x = transform(molecule("[He]")).x
    assert transform.node_feature_names[-1] == "atomic_num=other"
    assert x[0, -1] == 1 and x.sum() == 1


def test_settings_round_trip_and_graph_is_not_changed():
    transform = OneHotMolecule(node_features=["atomic_num", "is_aromatic"], edge_features=[])
    again = OneHotMolecule.from_dict(transform.to_dict())
    assert again.node_feature_names == transform.node_feature_names
    raw = molecule("c1ccccc1")
    encoded = transform(raw)
    assert raw.x.dtype == torch.long and encoded.edge_attr is None
    assert encoded.x[:, -1].tolist() == [1] * 6


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="node_features has 'colour': choose from atomic_num"):
        OneHotMolecule(node_features=["colour"])
    with pytest.raises(ValueError, match="keep at least one"):
        OneHotMolecule(node_features=[])
    transform = OneHotMolecule()
    with pytest.raises(ValueError, match="apply it once"):
        transform(transform(molecule("CCO")))
    bare = molecule("CCO")
    bare.edge_attr = None
    with pytest.raises(ValueError, match=r"edge_attr of shape \[4, 3\]"):
        transform(bare)
    assert OneHotMolecule(edge_features=[])(bare).edge_attr is None


def test_settings_are_plain_json():
    settings = json.loads(json.dumps(OneHotMolecule(["atomic_num"], ["stereo"]).to_dict()))
    again = OneHotMolecule.from_dict(settings)
    assert again.node_feature_names[0] == "atomic_num=H"
    assert again.num_edge_features == len(again.edge_feature_names) == 7


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("x", lambda values: values * float("nan")),
        ("x", lambda values: values - 5),
        ("x", lambda values: values + 200),
        ("x", lambda values: values + 0.5),
        ("x", lambda values: values + float("inf")),
        ("edge_attr", lambda values: values + 100),
        ("edge_attr", lambda values: -values),
    ],
    ids=["nan", "negative", "large", "fraction", "infinite", "bonds", "negative bonds"],
)
def test_what_is_no_code_is_refused(what, change):
    data = molecule("CC=O")
    data[what] = change(data[what])
    with pytest.raises(ValueError, match=rf"codes from 0 to \d+ in column '\w+' of {what} \(got "):
        OneHotMolecule()(data)


def test_codes_may_be_floats_and_columns_that_are_not_read_anything():
    data, plain = molecule("C[C@H](O)F"), OneHotMolecule()(molecule("C[C@H](O)F"))
    data.x, data.edge_attr = data.x.float(), data.edge_attr.double()
    data.x[:, list(x_map).index("chirality")] = -7
    found = OneHotMolecule()(data)
    assert (found.x == plain.x).all() and (found.edge_attr == plain.edge_attr).all()


@pytest.mark.parametrize(
    ("argument", "name"), [("node_features", "atomic_num"), ("edge_features", "bond_type")]
)
def test_a_feature_is_named_once(argument, name):
    with pytest.raises(ValueError, match=f"`{argument}` has '{name}' twice"):
        OneHotMolecule(**{argument: [name, name]})


@pytest.mark.parametrize("key", ["a", 3, "node_feature_names"])
def test_an_unknown_setting_is_named(key):
    with pytest.raises(ValueError, match=f"{key!r}, which is no setting of OneHotMolecule"):
        OneHotMolecule.from_dict(OneHotMolecule().to_dict() | {key: 1})
