"""Models from plain values."""

import numpy as np
import pytest
import torch
from graphs import random_graph
from torch_geometric.data import Data

from pyg_siamex.nn import ENCODERS, RoiReadout, build_siamese, load_model, save_model

ARGUMENTS = {"in_channels": 5, "hidden_channels": 8, "num_layers": 2}


@pytest.mark.parametrize("name", ENCODERS)
def test_the_config_of_a_model_builds_it_again(name):
    graph = random_graph(6, 0)
    more = {"edge_dim": 3} if name == "GINE" else {}
    model = build_siamese(name, "add", "cosine", **ARGUMENTS, **more).eval()
    again = build_siamese(**model.config).eval()
    again.load_state_dict(model.state_dict())
    graph.edge_weight = torch.ones(graph.num_edges)
    with torch.no_grad():
        assert torch.equal(model.embed(graph), again.embed(graph))


def test_a_readout_with_arguments_is_a_dict():
    readout = {"name": "RoiReadout", "num_rois": 6, "in_channels": 6, "out_channels": 4}
    model = build_siamese("RoiGCN", pool=readout, num_rois=6)
    assert isinstance(model.pool, RoiReadout)
    assert readout["name"] == "RoiReadout"  # not changed
    assert model.config["pool"] == readout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"encoder": "Mine"}, r"encoder must be one of GCN, .* \(got 'Mine'\)"),
        ({"encoder": "GIN", "pool": {"size": 3}}, r"pool as a dict needs a name .* \(got None\)"),
        ({"encoder": "GIN", "similarity": {"name": "cosine"}}, "similarity as a dict needs a name"),
    ],
)
def test_unknown_names_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_siamese(**arguments, **ARGUMENTS)


def test_biases_are_in_the_config_and_apart_in_those_without():
    model = build_siamese("GIN", biases="nodes", **ARGUMENTS)
    assert build_siamese(**model.config).biases == "nodes"
    older = {name: value for name, value in model.config.items() if name != "biases"}
    assert build_siamese(**older).biases == "apart"
    with pytest.raises(ValueError, match="biases must be 'apart' or 'nodes'"):
        build_siamese("GIN", biases="none", **ARGUMENTS)


def test_a_file_keeps_what_the_model_says_of_its_biases(tmp_path):
    model = build_siamese("GIN", **ARGUMENTS)
    model.biases = "nodes"  # as for the model of an older file
    save_model(model, tmp_path / "model.siamex")
    assert load_model(tmp_path / "model.siamex")[0].biases == "nodes"


@pytest.mark.parametrize("head", ["mlp", "bilinear"])
def test_a_learned_head_fits_a_readout_of_regions(head, tmp_path):
    readouts = {
        "RoiReadout": {"num_rois": 6, "in_channels": 6, "out_channels": 4},
        "RoiConcat": {"num_rois": 6},
    }
    for name, sizes in readouts.items():
        model = build_siamese("RoiGCN", {"name": name, **sizes}, head, num_rois=6).eval()
        save_model(model, tmp_path / "m.siamex")
        graph = Data(x=torch.eye(6), edge_index=torch.tensor([[0], [1]]), edge_weight=torch.ones(1))
        again = load_model(tmp_path / "m.siamex")[0].eval()
        assert torch.equal(model(graph, graph), again(graph, graph))


SIZES = {"in_channels": 3, "hidden_channels": 4, "num_layers": 2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"in_channels": 0}, "in_channels must be at least 1"),
        ({"act": torch.nn.Tanh}, "act is the class Tanh"),
        ({"act": torch.nn.Tanh()}, "act is Tanh, which a file cannot describe"),
        ({"norm": torch.nn.LayerNorm(4)}, "norm is LayerNorm"),
        ({"eps": float("nan")}, "eps must be finite"),
        ({"dropout": None}, "`dropout` must be a number"),
        ({"aggr": None}, "aggr must be the name"),
        ({"aggr": ["mean", "max"]}, "aggr of GIN must be one name"),
        ({"norm_kwargs": {"eps": 1.0}}, "norm_kwargs has no effect without norm"),
        ({"act": None, "act_kwargs": {"inplace": True}}, "act_kwargs has no effect without act"),
    ],
)
def test_arguments_that_no_model_can_have_are_refused_before_it_is_built(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        build_siamese("GIN", **SIZES | arguments)


def test_tensors_of_a_population_graph_are_arguments(tmp_path):
    edges, weight = torch.tensor([[0, 1], [1, 0]]), torch.tensor([0.5, 0.5])
    sizes = {"in_channels": 2, "hidden_channels": 3, "num_layers": 1, "num_rois": 2}
    model = build_siamese("PopulationGCN", edge_index=edges, edge_weight=weight, **sizes)
    save_model(model, tmp_path / "model.siamex")
    again, _ = load_model(tmp_path / "model.siamex")
    assert torch.equal(again.encoder.edge_index, edges)


def test_numbers_of_numpy_are_arguments(tmp_path):
    sizes = {name: np.int64(size) for name, size in SIZES.items()}
    model = build_siamese("GraphSAGE", aggr=["mean", "max"], dropout=np.float32(0.5), **sizes)
    save_model(model, tmp_path / "model.siamex")
    assert load_model(tmp_path / "model.siamex")[0].config == model.config
