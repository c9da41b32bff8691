"""Ways to score the edges around a link: one mask for both ends, a mask per end, PyG's own."""

import copy
from collections.abc import Callable

import torch
from links.sets import Planted
from torch import Tensor, nn
from torch_geometric.explain import Explainer, ExplainerAlgorithm, GNNExplainer
from torch_geometric.utils import k_hop_subgraph

from pyg_siamex import (
    BiLRP,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    NeighbourhoodOcclusion,
    NodePairs,
    Occlusion,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
    explain_links,
)
from pyg_siamex.explain import FromPyG, PairAlgorithm

Method = Callable[[SiameseGNN, Planted, Tensor, int], Tensor]
"""From a model, a graph, links ``[2, P]`` and hops to a value for each edge, ``[P, E]``."""


def shared(algorithm: PairAlgorithm, undirected: bool = True) -> Method:
    """One mask for both ends."""

    def method(model: SiameseGNN, planted: Planted, links: Tensor, hops: int) -> Tensor:
        found = explain_links(
            model,
            planted.graph,
            links,
            algorithm,
            num_hops=hops,
            edge_mask_type="object",
            undirected=undirected,
        )
        return torch.stack([e.on(planted.graph).edge_mask.double() for e in found])

    return method


def per_end(algorithm: PairAlgorithm) -> Method:
    """A mask per end, added up where they overlap."""

    def method(model: SiameseGNN, planted: Planted, links: Tensor, hops: int) -> Tensor:
        pairs = NodePairs(planted.graph, links, hops).__getitems__(range(links.size(1)))
        explainer = PairExplainer(model, algorithm, edge_mask_type="object")
        found = explainer.explain([p.query for p in pairs], [p.reference for p in pairs])
        out = torch.zeros(len(found), planted.graph.num_edges, dtype=torch.double)
        for row, explanation in zip(out, found, strict=True):
            for side in (explanation.query, explanation.reference):
                row.index_add_(0, side.e_id, side.edge_mask.double())
        return out

    return method


class _Predictor(nn.Module):
    """The link predictor as PyG's explainers call it."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor, edge_index: Tensor, edge_label_index: Tensor) -> Tensor:
        z = self.encoder(x, edge_index)
        return (z[edge_label_index[0]] * z[edge_label_index[1]]).sum(dim=1)


def predictor_explainer(
    encoder: nn.Module, algorithm: ExplainerAlgorithm, mode: str = "binary_classification"
) -> Explainer:
    """PyG's Explainer of a link predictor with dot products, for edge masks."""
    return Explainer(
        _Predictor(encoder),
        algorithm,
        explanation_type="model",
        edge_mask_type="object",
        model_config={"mode": mode, "task_level": "edge", "return_type": "raw"},
    )


def stock(epochs: int) -> Method:
    """PyG's Explainer with its GNNExplainer on the graph around both ends, link by link."""

    def method(model: SiameseGNN, planted: Planted, links: Tensor, hops: int) -> Tensor:
        torch.manual_seed(0)
        encoder = copy.deepcopy(model.encoder)
        explainer = predictor_explainer(encoder, GNNExplainer(epochs=epochs))
        graph = planted.graph
        out = torch.zeros(links.size(1), graph.num_edges, dtype=torch.double)
        for row, link in zip(out, links.T, strict=True):
            nodes, edges, ends, kept = k_hop_subgraph(
                link, hops, graph.edge_index, True, graph.num_nodes
            )
            found = explainer(graph.x[nodes], edges, edge_label_index=ends.view(2, 1))
            row[kept] = found.edge_mask.double()
        return out

    return method


METHODS: dict[str, Method] = {
    "random": shared(RandomExplainer()),
    "GNNExplainer, PyG's own Explainer": stock(100),
    "GNNExplainer, shared": shared(FromPyG(GNNExplainer(epochs=100)), undirected=False),
    "saliency, shared": shared(Saliency()),
    "input x gradient, shared": shared(InputXGradient()),
    "integrated gradients, shared": shared(IntegratedGradients()),
    "occlusion, shared": shared(Occlusion()),
    "neighbourhood occlusion, shared": shared(NeighbourhoodOcclusion()),
    "masks, shared": shared(MaskOptimization()),
    "self-learned (KL), shared": shared(SelfLearned(solver="kl")),
    "occlusion, per end": per_end(Occlusion()),
    "masks, per end": per_end(MaskOptimization()),
    "self-learned (KL), per end": per_end(SelfLearned(solver="kl")),
    "BiLRP, per end": per_end(BiLRP()),
    "integrated Jacobians, per end": per_end(IntegratedJacobians(path="both")),
}
