"""Normalisations that mix the graphs of a batch are known, and told at building."""

import logging

import pytest
import torch
from graphs import random_graph
from torch_geometric.data import Batch
from torch_geometric.nn import MLP

from pyg_siamex.nn import build_siamese, load_model, save_model
from pyg_siamex.nn.mixing_norms import norm_that_mixes

SIZES = {"in_channels": 5, "hidden_channels": 8, "num_layers": 2}
NORMS = ["graph_norm", "instance_norm", "pair_norm", "layer_norm", "batch_norm", None]
ENCODERS = ["GIN", "WeightedGIN", "EdgeCNN", "GCN", "GINE", "GraphSAGE"]


@pytest.mark.parametrize("norm", NORMS, ids=str)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_warning_says_that_graphs_are_mixed_where_they_are(encoder, norm, caplog):
    torch.manual_seed(0)
    more = {"edge_dim": 3} if encoder == "GINE" else {}
    with caplog.at_level(logging.WARNING, "pyg_siamex"):
        model = build_siamese(encoder, norm=norm, **SIZES, **more).eval()
    graphs = [random_graph(size, size) for size in (4, 7, 5)]
    with torch.no_grad():
        together = model.embed(Batch.from_data_list(graphs))
        alone = torch.cat([model.embed(graph) for graph in graphs])
    mixed = not torch.allclose(together, alone, rtol=1e-3, atol=1e-4)
    assert mixed == (norm_that_mixes(model.encoder) is not None)
    assert mixed == any("mixes the graphs of a batch" in one for one in caplog.messages)
    assert len(caplog.messages) == int(mixed)


def test_loading_a_model_says_nothing(tmp_path, caplog):
    save_model(build_siamese("GIN", norm="graph_norm", **SIZES), tmp_path / "m.model")
    caplog.clear()
    with caplog.at_level(logging.WARNING, "pyg_siamex"):
        load_model(tmp_path / "m.model")
    assert not caplog.messages


@pytest.mark.parametrize(
    ("norm", "options", "mixes"),
    [
        ("layer_norm", {"mode": "node"}, None),
        ("instance_norm", {"track_running_stats": True}, None),
        ("instance_norm", {}, "InstanceNorm"),
    ],
    ids=["of each node", "running", "of the nodes"],
)
def test_options_decide(norm, options, mixes):
    assert norm_that_mixes(MLP([4, 4, 4], norm=norm, norm_kwargs=options)) == mixes
