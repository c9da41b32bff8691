"""Arguments of encoders are checked before anything is built."""

import pytest
import torch
from graphs import EDGE_FEATURES, FEATURES, random_graph

from pyg_siamex.nn import ENCODERS, build_siamese
from pyg_siamex.nn.basic_arguments import _NORMS, check_basic
from pyg_siamex.nn.training import SiameseEmbedder

SIZES = {"in_channels": FEATURES, "hidden_channels": 8, "num_layers": 2}
NEEDED = {"GINE": {"edge_dim": EDGE_FEATURES}}


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("in_channels", -2, ValueError, "in_channels must be at least -1"),
        ("in_channels", None, TypeError, "in_channels must be a whole number"),
        ("hidden_channels", 0, ValueError, "hidden_channels must be at least 1"),
        ("hidden_channels", None, TypeError, "hidden_channels must be a whole number"),
        ("num_layers", 0, ValueError, "num_layers must be at least 1"),
        ("num_layers", -5, ValueError, "num_layers must be at least 1"),
        ("num_layers", None, TypeError, "num_layers must be a whole number"),
        ("out_channels", 0, ValueError, "out_channels must be at least 1"),
        ("edge_dim", 0, ValueError, "edge_dim must be at least 1"),
        ("edge_dim", -1, ValueError, "edge_dim must be at least 1"),
        ("jk", "zz", ValueError, "jk must be None or one of last, cat, max, lstm"),
        ("norm", "message_norm", ValueError, "norm='message_norm' cannot be built: the norms that"),
        ("norm", "diff_group_norm", ValueError, "are batch_norm, layer_norm, instance_norm"),
        ("norm", "graph_size_norm", ValueError, "norm='graph_size_norm' cannot be built"),
        ("norm", "mean_subtraction_norm", ValueError, "norm='mean_subtraction_norm' cannot be"),
        ("norm", "none", ValueError, "norm='none' cannot be built"),
        ("bias", "x", TypeError, "bias"),
        ("bias", 2, TypeError, "bias"),
        ("sizes", 3, TypeError, "has no argument 'sizes'"),
    ],
)
def test_wrong_arguments_are_refused_by_name(encoder, name, value, error, message):
    with pytest.raises(error, match=message):
        build_siamese(encoder, **{**SIZES, **NEEDED.get(encoder, {}), name: value})


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_sizes_that_are_left_out_are_named(encoder, name):
    left = {key: value for key, value in SIZES.items() if key != name}
    with pytest.raises(TypeError, match=rf"{encoder} needs in_channels, .* \(without {name}\)"):
        build_siamese(encoder, **left)


def test_heads_are_at_least_one():
    with pytest.raises(ValueError, match="heads must be at least 1"):
        build_siamese("GAT", **SIZES, heads=0)


@pytest.mark.parametrize(
    ("encoder", "more"),
    [
        ("GCN", {"improved": True, "bias": False, "normalize": False, "add_self_loops": False}),
        ("GIN", {"train_eps": True, "jk": "cat", "norm": "BatchNorm", "act": "gelu"}),
        ("GIN", {"aggr": "max", "eps": 0.5, "out_channels": 3}),
        ("GraphSAGE", {"aggr": "mean", "project": True, "root_weight": False, "normalize": True}),
        ("GraphSAGE", {"aggr": ["mean", "max"], "jk": "lstm"}),
        ("GAT", {"v2": True, "heads": 2, "edge_dim": EDGE_FEATURES, "negative_slope": 0.1}),
        ("GAT", {"heads": 2, "concat": True, "residual": True, "dropout": 0.1, "jk": "max"}),
        ("EdgeCNN", {"jk": "last", "aggr": "add", "act_first": True}),
        ("WeightedGCN", {"bias": False, "aggr": "mean", "flow": "source_to_target"}),
        ("WeightedGIN", {"train_eps": True}),
        ("HigherOrderGCN", {"K": 3, "window": 2, "bias": False}),
        ("GINE", {"edge_dim": EDGE_FEATURES, "train_eps": True, "jk": None}),
    ],
)
def test_arguments_of_layers_are_passed_on(encoder, more):
    model = build_siamese(encoder, **SIZES, **more).eval()
    with torch.no_grad():
        assert model.embed(random_graph(5, 1)).isfinite().all()


def test_unknown_features_are_learned_from_the_first_graph():
    check_basic({**SIZES, "in_channels": -1})
    assert (
        build_siamese("GIN", **{**SIZES, "in_channels": -1}).eval().embed(random_graph(5)).size(1)
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_layers": 0}, "num_layers must be at least 1"),
        ({"hidden_channels": 0}, "hidden_channels must be at least 1"),
        ({"encoder": "GAT", "encoder_options": {"bias": "x"}}, "bias"),
        ({"encoder": "GAT", "encoder_options": {"edge_dim": 0}}, "edge_dim must be at least 1"),
    ],
)
def test_the_estimator_refuses_them_too(options, message):
    graphs = [random_graph(4 + k % 3, k) for k in range(8)]
    with pytest.raises((TypeError, ValueError), match=message):
        SiameseEmbedder(**options).fit(graphs, [0, 1] * 4)


@pytest.mark.parametrize("norm", _NORMS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_norms_that_are_listed_can_be_built(encoder, norm):
    build_siamese(encoder, **SIZES, **NEEDED.get(encoder, {}), norm=norm)


def test_a_norm_that_needs_more_is_built_with_it():
    build_siamese("GCN", **SIZES, norm="diff_group_norm", norm_kwargs={"groups": 2})
    with pytest.raises(ValueError, match=r"cannot be built with norm_kwargs=\{'group': 2\}"):
        build_siamese("GCN", **SIZES, norm="diff_group_norm", norm_kwargs={"group": 2})
