"""Links of a large graph: one mask on the neighbourhood of both nodes, next to PyG's Explainer."""

import copy
from typing import Any

import networkx as nx
import numpy as np
import torch
from benchmarks.subjects import ENCODERS, HIDDEN, seconds
from links.methods import predictor_explainer
from peers.memory import peak, reset_peak
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import CaptumExplainer, ExplainerAlgorithm, GNNExplainer

from pyg_siamex import (
    IntegratedGradients,
    MaskOptimization,
    Saliency,
    SiameseGNN,
    explain_links,
)
from pyg_siamex.explain import PairAlgorithm

NODES, LINKS, FEW, STEPS = 100_000, 1_000, 2, 50
"""Nodes, links explained, links that PyG explains, steps of masks."""

LAYERS, FEATURES, OWN = 2, 32, 5
"""Layers, features, and edges that each new node brings (Barabasi and Albert)."""

CPU = torch.device("cpu")


def measure_links(unit: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Seconds of a link and peak memory, ours on many links and PyG's on a few of them."""
    graph = _grown(NODES)
    model = SiameseGNN(
        ENCODERS[unit["encoder"]](FEATURES, HIDDEN, LAYERS, HIDDEN), pool="root", similarity="dot"
    ).eval()
    links = torch.randint(NODES, (2, LINKS))
    ours, theirs = _algorithms(unit["case"], STEPS, unit["points"])
    few = links[:, :FEW]
    before = reset_peak(CPU)
    explained = seconds(lambda: _explain(model, graph, links, ours)) / links.size(1)
    grown = peak(CPU) - before
    of_pyg = seconds(lambda: _stock(model, graph, few, theirs)) / few.size(1)
    return [
        ("explain_links", "nodes", float(NODES)),
        ("explain_links", "edges", float(graph.num_edges)),
        ("explain_links", "links", float(links.size(1))),
        ("explain_links", "seconds of a link", explained),
        ("explain_links", "MiB beside the graph", grown),
        ("PyG's Explainer", "links", float(FEW)),
        ("PyG's Explainer", "seconds of a link", of_pyg),
    ]


def _algorithms(case: str, steps: int, points: int) -> tuple[PairAlgorithm, ExplainerAlgorithm]:
    if case == "masks":
        return MaskOptimization(steps), GNNExplainer(epochs=steps)
    if case == "saliency":
        return Saliency(), CaptumExplainer("Saliency")
    captum = CaptumExplainer("IntegratedGradients", n_steps=points, internal_batch_size=1)
    return IntegratedGradients(points), captum


def _explain(model: SiameseGNN, graph: Data, links: Tensor, algorithm: PairAlgorithm) -> None:
    explain_links(
        model, graph, links, algorithm, num_hops=LAYERS, edge_mask_type="object", undirected=True
    )


def _stock(model: SiameseGNN, graph: Data, links: Tensor, algorithm: ExplainerAlgorithm) -> None:
    mode = "regression" if isinstance(algorithm, CaptumExplainer) else "binary_classification"
    explainer = predictor_explainer(copy.deepcopy(model.encoder), algorithm, mode)
    for link in links.T:
        explainer(graph.x, graph.edge_index, edge_label_index=link.view(2, 1))


def _grown(nodes: int) -> Data:
    """A graph with hubs, each new node joined to earlier ones by their degree."""
    grown = nx.barabasi_albert_graph(nodes, OWN, seed=0)
    edges = torch.from_numpy(np.asarray(grown.edges)).t()
    return Data(x=torch.randn(nodes, FEATURES), edge_index=torch.cat([edges, edges.flip(0)], dim=1))
