"""Every kind of PyG encoder under every explainer.

``python tests/explain/check/encoder_families.py --out docs/encoders.md`` writes the table.
"""

import argparse
import re
import sys
import warnings
from pathlib import Path

import torch
from torch import nn
from torch_geometric import nn as pyg
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import conv

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from explain.check.encoder_layers import (
    EDGE_FEATURES,
    FEATURES,
    HIDDEN,
    TYPES,
    AllTypes,
    Batched,
    ClusterPooled,
    EdgeAttr,
    EdgeType,
    EdgeWeight,
    History,
    Hyperedges,
    Jumping,
    MemoryPooled,
    MessageNormed,
    Normals,
    Normed,
    NormedByGraph,
    OwnGCN,
    Plain,
    Pooled,
    Position,
    Reversible,
    Signed,
    Sorted,
    WithoutEdges,
    WithStart,
    dense,
)

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import (
    BiLRP,
    FromPyG,
    GradCAM,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    Saliency,
    SelfLearned,
    ShapleySampling,
)
from pyg_siamex.explain.check import check_explainer, trial_graphs
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.explain.self_learned.solver import DescentAscent, KLDescent
from pyg_siamex.nn import GINE

H, E = HIDDEN, EDGE_FEATURES
DEGREES = torch.tensor([0, 1, 9, 4, 2])
PNA = {"aggregators": ["mean", "max"], "scalers": ["identity", "amplification"], "deg": DEGREES}

ALGORITHMS = {
    "IntegratedGradients": lambda: IntegratedGradients(4),
    "InputXGradient": InputXGradient,
    "Saliency": Saliency,
    "Occlusion": Occlusion,
    "MaskOptimization": lambda: MaskOptimization(epochs=5),
    "SelfLearned (GDA)": lambda: SelfLearned(DescentAscent(steps=5)),
    "SelfLearned (KL)": lambda: SelfLearned(KLDescent(steps=5)),
    "BiLRP": BiLRP,
    "IntegratedJacobians": lambda: IntegratedJacobians(4, path="both"),
    "ShapleySampling": lambda: ShapleySampling(samples=2),
    "GradCAM": GradCAM,
    "GNNExplainer": lambda: FromPyG(GNNExplainer(epochs=3)),
}

MASKS = ("nodes", "edges")
CHECKS = (
    "shapes",
    "floating",
    "finite",
    "odd graphs",
    "self loops",
    "one side",
    "batch",
    "renumbered nodes",
    "reordered edges",
    "deterministic",
    "model untouched",
    "graphs untouched",
)


def twice(wrapper, layer):
    return lambda: wrapper(layer(), layer())


CONVS = {
    "SimpleConv": twice(Plain, pyg.SimpleConv),
    "GCNConv": twice(Plain, lambda: pyg.GCNConv(H, H)),
    "ChebConv": twice(Plain, lambda: pyg.ChebConv(H, H, 3)),
    "SAGEConv": twice(Plain, lambda: pyg.SAGEConv(H, H)),
    "GraphConv": twice(Plain, lambda: pyg.GraphConv(H, H)),
    "GatedGraphConv": twice(Plain, lambda: pyg.GatedGraphConv(H, 2)),
    "ResGatedGraphConv": twice(Plain, lambda: pyg.ResGatedGraphConv(H, H)),
    "GATConv": twice(Plain, lambda: pyg.GATConv(H, H // 2, heads=2)),
    "GATv2Conv": twice(Plain, lambda: pyg.GATv2Conv(H, H // 2, heads=2)),
    "TransformerConv": twice(Plain, lambda: pyg.TransformerConv(H, H // 2, heads=2)),
    "AGNNConv": twice(Plain, pyg.AGNNConv),
    "TAGConv": twice(Plain, lambda: pyg.TAGConv(H, H, 2)),
    "GINConv": twice(Plain, lambda: pyg.GINConv(dense(H))),
    "GINEConv": twice(EdgeAttr, lambda: pyg.GINEConv(dense(H), edge_dim=E)),
    "ARMAConv": twice(Plain, lambda: pyg.ARMAConv(H, H, num_stacks=2, num_layers=2)),
    "SGConv": twice(Plain, lambda: pyg.SGConv(H, H, 2)),
    "SSGConv": twice(Plain, lambda: pyg.SSGConv(H, H, alpha=0.1, K=2)),
    "APPNP": twice(Plain, lambda: pyg.APPNP(K=2, alpha=0.1)),
    "MFConv": twice(Plain, lambda: pyg.MFConv(H, H)),
    "RGCNConv": twice(EdgeType, lambda: pyg.RGCNConv(H, H, TYPES)),
    "FastRGCNConv": twice(EdgeType, lambda: pyg.FastRGCNConv(H, H, TYPES)),
    "RGATConv": twice(EdgeType, lambda: pyg.RGATConv(H, H, TYPES)),
    "SignedConv": lambda: Signed(pyg.SignedConv(H, H // 2, True), pyg.SignedConv(H // 2, H, False)),
    "DNAConv": twice(History, lambda: pyg.DNAConv(H, heads=2)),
    "PointNetConv": twice(Position, lambda: pyg.PointNetConv(dense(H + 3), dense(H))),
    "GMMConv": twice(EdgeAttr, lambda: pyg.GMMConv(H, H, dim=E, kernel_size=2)),
    "NNConv": twice(EdgeAttr, lambda: pyg.NNConv(H, H, nn.Linear(E, H * H))),
    "CGConv": twice(EdgeAttr, lambda: pyg.CGConv(H, dim=E)),
    "EdgeConv": twice(Plain, lambda: pyg.EdgeConv(dense(2 * H))),
    "PPFConv": twice(Normals, lambda: pyg.PPFConv(dense(H + 4), dense(H))),
    "FeaStConv": twice(Plain, lambda: pyg.FeaStConv(H, H, heads=2)),
    "PointTransformerConv": twice(Position, lambda: pyg.PointTransformerConv(H, H)),
    "HypergraphConv": twice(Hyperedges, lambda: pyg.HypergraphConv(H, H)),
    "LEConv": twice(Plain, lambda: pyg.LEConv(H, H)),
    "PNAConv": twice(Plain, lambda: pyg.PNAConv(H, H, **PNA)),
    "ClusterGCNConv": twice(Plain, lambda: pyg.ClusterGCNConv(H, H)),
    "GENConv": twice(Plain, lambda: pyg.GENConv(H, H)),
    "GCN2Conv": twice(WithStart, lambda: pyg.GCN2Conv(H, 0.2)),
    "WLConvContinuous": twice(Plain, pyg.WLConvContinuous),
    "FiLMConv": twice(Plain, lambda: pyg.FiLMConv(H, H)),
    "SuperGATConv": twice(Plain, lambda: pyg.SuperGATConv(H, H // 2, heads=2)),
    "FAConv": twice(WithStart, lambda: pyg.FAConv(H)),
    "EGConv": twice(Plain, lambda: pyg.EGConv(H, H, num_heads=2, num_bases=2)),
    "PDNConv": twice(EdgeAttr, lambda: pyg.PDNConv(H, H, edge_dim=E, hidden_channels=4)),
    "GeneralConv": twice(EdgeAttr, lambda: pyg.GeneralConv(H, H, in_edge_channels=E)),
    "HEATConv": twice(AllTypes, lambda: pyg.HEATConv(H, H, TYPES, TYPES, 4, E, 4)),
    "LGConv": twice(Plain, pyg.LGConv),
    "PointGNNConv": twice(Position, lambda: pyg.PointGNNConv(dense(H, 3), dense(H + 3), dense(H))),
    "GPSConv": twice(Batched, lambda: pyg.GPSConv(H, pyg.GINConv(dense(H)), heads=2)),
    "AntiSymmetricConv": twice(Plain, lambda: pyg.AntiSymmetricConv(H)),
    "DirGNNConv": twice(Plain, lambda: pyg.DirGNNConv(pyg.SAGEConv(H, H))),
    "MixHopConv": lambda: Plain(pyg.MixHopConv(H, H), pyg.MixHopConv(3 * H, H)),
}

NO_ENCODERS = {
    "MessagePassing": "is the base class of all layers",
    "CuGraphSAGEConv": "needs pylibcugraphops",
    "CuGraphGATConv": "needs pylibcugraphops",
    "CuGraphRGCNConv": "needs pylibcugraphops",
    "FusedGATConv": "needs dgNN",
    "GravNetConv": "needs torch-cluster, and makes its own edges",
    "DynamicEdgeConv": "needs torch-cluster, and makes its own edges",
    "XConv": "needs torch-cluster, and makes its own edges",
    "SplineConv": "needs torch-spline-conv",
    "PANConv": "needs torch-sparse",
    "WLConv": "maps colours to colours, without weights or gradients",
    "HGTConv": "takes graphs of several node types as dictionaries",
    "HeteroConv": "takes graphs of several node types as dictionaries",
    "HANConv": "takes graphs of several node types as dictionaries",
    "MeshCNNConv": "takes the edges of a triangle mesh, four neighbours each",
}
"""Layers of PyG that no encoder ``(x, edge_index, ...)`` can be made of here, and why."""

VARIANTS = {
    "GCNConv (edge_weight)": twice(EdgeWeight, lambda: pyg.GCNConv(H, H)),
    "GCNConv (derived class)": twice(Plain, lambda: OwnGCN(H, H)),
    "GraphConv (edge_weight)": twice(EdgeWeight, lambda: pyg.GraphConv(H, H)),
    "GATv2Conv (edge_attr)": twice(EdgeAttr, lambda: pyg.GATv2Conv(H, H, edge_dim=E)),
    "TransformerConv (edge_attr)": twice(EdgeAttr, lambda: pyg.TransformerConv(H, H, edge_dim=E)),
    "SAGEConv (max)": twice(Plain, lambda: pyg.SAGEConv(H, H, aggr="max")),
    "SAGEConv (edges sorted inside)": twice(Sorted, lambda: pyg.SAGEConv(H, H)),
    "SAGEConv (softmax)": twice(Plain, lambda: pyg.SAGEConv(H, H, aggr="softmax")),
    "GENConv (edge_attr)": twice(EdgeAttr, lambda: pyg.GENConv(H, H, edge_dim=E)),
    "GPSConv (performer)": twice(
        Batched, lambda: pyg.GPSConv(H, pyg.GINConv(dense(H)), heads=2, attn_type="performer")
    ),
    "GCN": lambda: pyg.GCN(FEATURES, H, 2),
    "GraphSAGE": lambda: pyg.GraphSAGE(FEATURES, H, 2),
    "GIN": lambda: pyg.GIN(FEATURES, H, 2),
    "GINE": lambda: GINE(FEATURES, H, 2, edge_dim=E),
    "GAT": lambda: pyg.GAT(FEATURES, H, 2, heads=2),
    "GATv2": lambda: pyg.GAT(FEATURES, H, 2, v2=True, edge_dim=E),
    "PNA": lambda: pyg.PNA(FEATURES, H, 2, **PNA),
    "EdgeCNN": lambda: pyg.EdgeCNN(FEATURES, H, 2),
    "GIN (jk=cat)": lambda: pyg.GIN(FEATURES, H, 2, out_channels=H, jk="cat"),
    "GCN (jk=max)": lambda: pyg.GCN(FEATURES, H, 2, out_channels=H, jk="max"),
    "GCN (jk=lstm)": lambda: pyg.GCN(FEATURES, H, 2, out_channels=H, jk="lstm"),
    "JumpingKnowledge (cat)": lambda: Jumping(pyg.GCNConv, "cat"),
    "JumpingKnowledge (lstm)": lambda: Jumping(pyg.GCNConv, "lstm"),
    "DeepGCNLayer": twice(
        Plain, lambda: pyg.DeepGCNLayer(pyg.GENConv(H, H), pyg.LayerNorm(H, mode="node"), nn.ReLU())
    ),
    "GroupAddRev": twice(
        Reversible, lambda: pyg.GroupAddRev(pyg.GCNConv(H // 2, H // 2), num_groups=2)
    ),
    "GraphUNet": lambda: pyg.GraphUNet(FEATURES, H, H, depth=2, pool_ratios=0.7),
    "PMLP": lambda: pyg.PMLP(FEATURES, H, H, 2),
    "SGFormer": lambda: pyg.SGFormer(FEATURES, H, H),
    "Polynormer": lambda: pyg.Polynormer(FEATURES, H, H, local_layers=2, global_layers=1),
    "MLP": lambda: WithoutEdges(pyg.MLP([FEATURES, H, H])),
}

WHOLE_GRAPHS = {
    "AttentiveFP": lambda: pyg.AttentiveFP(FEATURES, H, H, E, 2, 2),
    "NeuralFingerprint": lambda: pyg.NeuralFingerprint(FEATURES, H, H, 2),
    "TopKPooling": lambda: Pooled(pyg.GCNConv, pyg.TopKPooling(H, 0.7)),
    "SAGPooling": lambda: Pooled(pyg.GCNConv, pyg.SAGPooling(H, 0.7)),
    "ASAPooling": lambda: Pooled(pyg.GCNConv, pyg.ASAPooling(H, 0.7)),
    "EdgePooling": lambda: Pooled(pyg.GCNConv, pyg.EdgePooling(H)),
    "ClusterPooling": lambda: ClusterPooled(pyg.GCNConv, pyg.ClusterPooling(H)),
    "MemPooling": lambda: MemoryPooled(pyg.GCNConv, pyg.MemPooling(H, H, 2, 3)),
}
"""Encoders with a row for each graph."""

READOUTS = {
    "SumAggregation": "sum",
    "MeanAggregation": "mean",
    "MaxAggregation": "max",
    "MinAggregation": "min",
    "MulAggregation": "mul",
    "VarAggregation": "var",
    "StdAggregation": "std",
    "MedianAggregation": "median",
    "QuantileAggregation": lambda: pyg.QuantileAggregation([0.3, 0.7]),
    "SoftmaxAggregation": lambda: pyg.SoftmaxAggregation(learn=True),
    "PowerMeanAggregation": lambda: pyg.PowerMeanAggregation(learn=True),
    "LSTMAggregation": lambda: pyg.LSTMAggregation(H, H),
    "GRUAggregation": lambda: pyg.GRUAggregation(H, H),
    "Set2Set": lambda: pyg.Set2Set(H, 2),
    "DegreeScalerAggregation": lambda: pyg.DegreeScalerAggregation(
        ["mean", "max"], ["identity", "amplification"], DEGREES
    ),
    "SortAggregation": lambda: pyg.SortAggregation(3),
    "GraphMultisetTransformer": lambda: pyg.GraphMultisetTransformer(H, k=2, heads=2),
    "AttentionalAggregation": lambda: pyg.AttentionalAggregation(nn.Linear(H, 1), nn.Linear(H, H)),
    "EquilibriumAggregation": lambda: pyg.EquilibriumAggregation(H, H, [8, 8], grad_iter=2),
    "MLPAggregation": lambda: pyg.MLPAggregation(H, H, 12, num_layers=1),
    "DeepSetsAggregation": lambda: pyg.DeepSetsAggregation(dense(H), dense(H)),
    "SetTransformerAggregation": lambda: pyg.SetTransformerAggregation(H, heads=2),
    "LCMAggregation": lambda: pyg.LCMAggregation(H, H),
    "VariancePreservingAggregation": lambda: pyg.VariancePreservingAggregation(),
    "PatchTransformerAggregation": lambda: pyg.PatchTransformerAggregation(H, H, 2, H),
    "MultiAggregation": lambda: pyg.MultiAggregation(["mean", "max", "std"]),
}

NORMS = {
    "BatchNorm": lambda: pyg.BatchNorm(H),
    "InstanceNorm": lambda: pyg.InstanceNorm(H),
    "LayerNorm": lambda: pyg.LayerNorm(H),
    "LayerNorm (node)": lambda: pyg.LayerNorm(H, mode="node"),
    "GraphNorm": lambda: pyg.GraphNorm(H),
    "GraphSizeNorm": pyg.GraphSizeNorm,
    "PairNorm": pyg.PairNorm,
    "MeanSubtractionNorm": pyg.MeanSubtractionNorm,
    "DiffGroupNorm": lambda: pyg.DiffGroupNorm(H, 2),
}
BY_GRAPH = ("InstanceNorm", "LayerNorm", "GraphNorm", "GraphSizeNorm", "PairNorm")
BY_GRAPH = (*BY_GRAPH, "MeanSubtractionNorm")


SINGLE_PRECISION = ("SGFormer", "ASAPooling", "ClusterPooling")
"""Families whose code in PyG mixes precisions otherwise."""


def _siamese(encoder, pool="add"):
    return lambda: SiameseGNN(encoder(), pool=pool() if callable(pool) else pool)


FAMILIES = {
    **{name: _siamese(build) for name, build in {**CONVS, **VARIANTS}.items()},
    **{name: _siamese(build, None) for name, build in WHOLE_GRAPHS.items()},
    **{
        f"{name} of one union": _siamese(lambda n=norm: Normed(pyg.SAGEConv, n()))
        for name, norm in NORMS.items()
    },
    **{
        f"{name} by graph": _siamese(lambda n=NORMS[name]: NormedByGraph(pyg.SAGEConv, n()))
        for name in BY_GRAPH
    },
    "MessageNorm": _siamese(lambda: MessageNormed(pyg.SAGEConv, pyg.MessageNorm(True))),
    **{
        f"{name} readout": _siamese(lambda: pyg.GIN(FEATURES, H, 2), pool)
        for name, pool in READOUTS.items()
    },
}
"""Models by the name of what is special in them; called without arguments."""


def family(name):
    """A model of a family, the same every time."""
    with seeded(0):
        model = FAMILIES[name]().to(dtype_of(name))
        with torch.no_grad():
            model.eval().embed(graphs(name)[0])  # lazy layers take their size
    return model


def dtype_of(name):
    """Double precision, where the family computes in it."""
    return torch.float32 if name in SINGLE_PRECISION else torch.float64


def graphs(name):
    """Small graphs with everything that one of the encoders reads."""
    dtype = dtype_of(name)
    generator = torch.Generator().manual_seed(1)
    out = trial_graphs(dtype=dtype)
    for graph in out:
        nodes, edges = graph.num_nodes, graph.num_edges
        graph.edge_attr = 0.1 + 0.8 * torch.rand(edges, E, generator=generator).to(dtype)
        graph.edge_weight = 0.5 + torch.rand(edges, generator=generator).to(dtype)
        graph.edge_type = torch.arange(edges) % TYPES
        graph.node_type = torch.arange(nodes) % TYPES
        graph.pos = torch.randn(nodes, 3, generator=generator).to(dtype)
    return out


def reports(name, algorithms=tuple(ALGORITHMS)):
    """What became of a family under each algorithm."""
    model, inputs = family(name), graphs(name)
    return {
        algorithm: check_explainer(
            ALGORITHMS[algorithm](),
            model,
            graphs=inputs,
            checks=CHECKS,
            masks=MASKS,
            on_fail=None,
        )
        for algorithm in algorithms
    }


def cell(report, notes):
    """One word on a report, with the numbers of the notes that say why."""
    failed = dict.fromkeys(row.check for row in report.failures)
    if failed:
        return f"FAILED: {', '.join(failed)}"
    reasons = dict.fromkeys(reason(row.message) for row in report.of("refused"))
    numbers = [str(notes.setdefault(reason, len(notes) + 1)) for reason in reasons]
    explained = [r.masks for r in report.rows if r.check == "explains" and r.status == "ok"]
    word = "refused" if not explained else "ok" if len(explained) == len(MASKS) else explained[0]
    return f"{word} <sup>{', '.join(numbers)}</sup>" if numbers else word


def reason(message):
    """The first sentence of a refusal, the same for all encoders that are refused for it."""
    text = " ".join(message.split()).split(". ")[0]
    for pattern, words in {
        r"^layer '[^']*'( \(\w+\))? has no relevance rule": "a layer has no relevance rule",
        r"^'[^']*' \(\w+\) has no relevance rule": "a layer has no relevance rule",
        r"^layer '[^']*'( \(\w+\))? receives": "a layer receives",
        r"^(operation '\w+'[^']*?|an? .+?)( with reduce='\w+')? in '[^']*' \(\w+\)": r"\1\2",
        r"^[\d.]+% of the relevance": "a part of the relevance",
        r"its output is \[[\d, ]+\] for \d+ nodes": "its output has other rows",
    }.items():
        text = re.sub(pattern, words, text)
    return text


def table(names=tuple(FAMILIES), show=lambda line: None):
    """A Markdown table of families and algorithms, with its notes."""
    notes = {}
    head = ["encoder", *ALGORITHMS]
    lines = ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
    for name in names:
        cells = [cell(report, notes) for report in reports(name).values()]
        lines.append("| " + " | ".join([name, *cells]) + " |")
        show(lines[-1])
    missing = [f"* `{name}` {reason}." for name, reason in NO_ENCODERS.items()]
    return "\n".join(
        [
            "# Encoders and explainers",
            "",
            "Each cell says which masks a small untrained model of this kind gets. `ok` stands for "
            "node and edge masks; `check_explainer` passes for both, in double precision. Numbers "
            "lead to what an explainer refuses, and why. The table is written by "
            "`python tests/explain/check/encoder_families.py`.",
            "",
            *lines,
            "",
            *[f"{number}. {reason}" for reason, number in notes.items()],
            "",
            "No encoder can be made of these layers of PyG:",
            "",
            *missing,
            "",
        ]
    )


def main():
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/encoders.md"))
    parser.add_argument("--only", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    arguments.out.write_text(table(arguments.only, show=print))


if __name__ == "__main__":
    assert set(CONVS) | set(NO_ENCODERS) == set(conv.__all__)
    main()
