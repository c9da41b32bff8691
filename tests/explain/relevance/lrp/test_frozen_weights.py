"""Layers of PyG at gamma 0: gradient times input with softmax, sigmoid, exp and norms frozen."""

from dataclasses import replace

import pytest
import torch
from explain.check.encoder_families import family, graphs
from explain.relevance.lrp.cases import relative
from torch.overrides import TorchFunctionMode
from torch_geometric.data import Batch

from pyg_siamex.explain.relevance import GammaRule, lrp_factors

FAMILIES = [
    "AGNNConv",
    "APPNP",
    "ARMAConv",
    "ChebConv",
    "ClusterGCNConv",
    "DNAConv",
    "EdgeConv",
    "FeaStConv",
    "FastRGCNConv",
    "GATConv",
    "GATv2Conv (edge_attr)",
    "GCN2Conv",
    "GENConv (edge_attr)",
    "GMMConv",
    "GeneralConv",
    "HEATConv",
    "HypergraphConv",
    "LEConv",
    "LGConv",
    "MFConv",
    "MixHopConv",
    "NNConv",
    "PDNConv",
    "PNAConv",
    "PointGNNConv",
    "PointNetConv",
    "PointTransformerConv",
    "RGATConv",
    "RGCNConv",
    "ResGatedGraphConv",
    "SAGEConv (softmax)",
    "SGConv",
    "SSGConv",
    "SignedConv",
    "SuperGATConv",
    "TAGConv",
    "TransformerConv (edge_attr)",
    "WLConvContinuous",
    "GCN (jk=lstm)",
    "SoftmaxAggregation readout",
    "AttentionalAggregation readout",
    "SortAggregation readout",
]


class Frozen(TorchFunctionMode):
    """Takes no gradient through weights and norms."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if name == "normalize":
            x = args[0]
            return x * (
                out.detach().norm(dim=-1, keepdim=True) / x.detach().norm(dim=-1)[..., None]
            )
        return out.detach() if name in ("exp", "softmax", "sigmoid") else out


@pytest.mark.parametrize("name", FAMILIES)
def test_relevance_is_gradient_times_input(name):
    model, batch = family(name), Batch.from_data_list(graphs(name)[:3])
    inputs = model.inputs(batch)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0, 1e-13))
    gate = torch.ones(len(inputs.x), dtype=inputs.x.dtype, requires_grad=True)
    scaled = {
        key: value * gate.view(-1, *[1] * (value.dim() - 1))
        for key, value in inputs.node_extras.items()
        if value.is_floating_point()
    }
    x = inputs.x * gate.unsqueeze(1)
    with Frozen():
        h = model.encode(replace(inputs.with_values(**scaled), x=x))
    rows = [
        torch.autograd.grad(h[:, k].sum(), gate, retain_graph=True)[0] for k in range(h.size(1))
    ]
    assert relative(found.node, torch.stack(rows)) < 1e-6
