"""Pair relevances that are compared, each from a model and two lists of graphs."""

from collections.abc import Callable

import torch
from bilrp.tasks import true_pairs
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex import BiLRP, InputXGradient, IntegratedJacobians, PairExplainer, SiameseGNN
from pyg_siamex.explain import PairAlgorithm

Graphs = list[Data]
Method = Callable[[SiameseGNN, Graphs, Graphs], list[Tensor]]
GAMMAS = (0.0, 0.09, 0.25, 1.0)
SCHEDULE = (0.5, 0.25, 0.0)  # from input to output, falling to 0 as in the paper; three layers


def explained(algorithm: PairAlgorithm) -> Method:
    """The pair matrix of an algorithm of the library."""

    def relevance(model: SiameseGNN, queries: Graphs, references: Graphs) -> list[Tensor]:
        found = PairExplainer(model, algorithm, node_mask_type="object").explain(
            queries, references
        )
        return [explanation.relevance for explanation in found]

    return relevance


def gradient_products(model: SiameseGNN, queries: Graphs, references: Graphs) -> list[Tensor]:
    """Product of the gradient x input of either node, signs kept."""
    explainer = PairExplainer(model, InputXGradient(), node_mask_type="object")
    return [
        torch.outer(e.query.node_mask.flatten(), e.reference.node_mask.flatten())
        for e in explainer.explain(queries, references)
    ]


def hessian_products(model: SiameseGNN, queries: Graphs, references: Graphs) -> list[Tensor]:
    r"""Hessian x product: the mixed derivative by a factor on each node.

    .. math:: R_{ij} = \sum_{fg} x_{if}\, x_{jg}\,
              \frac{\partial^2 s}{\partial x_{if}\,\partial x_{jg}}
    """
    return [_hessian(model, q, r) for q, r in zip(queries, references, strict=True)]


def _hessian(model: SiameseGNN, query: Data, reference: Data) -> Tensor:
    def similarity(a: Tensor, b: Tensor) -> Tensor:
        scaled = [
            Data(x=g.x * (1 + s)[:, None], edge_index=g.edge_index)
            for g, s in ((query, a), (reference, b))
        ]
        return model(*scaled)[0]

    zero = query.x.new_zeros(query.num_nodes), reference.x.new_zeros(reference.num_nodes)
    return torch.func.jacrev(torch.func.jacrev(similarity, 0), 1)(*zero)


@torch.no_grad()
def pair_occlusion(model: SiameseGNN, queries: Graphs, references: Graphs) -> list[Tensor]:
    """What the similarity loses by both nodes beyond what it loses by either: s - s_i - s_j + s_ij.

    The embedding is compared by a dot product here, so the interaction is the product of what each
    node takes from its graph's embedding.
    """
    return [
        _left_out(model, q) @ _left_out(model, r).T
        for q, r in zip(queries, references, strict=True)
    ]


def _left_out(model: SiameseGNN, graph: Data) -> Tensor:
    kept = 1 - torch.eye(graph.num_nodes, dtype=graph.x.dtype)
    inputs = model.inputs(graph).repeat(graph.num_nodes)
    without = model.encode(
        type(inputs)(
            inputs.x * kept.flatten()[:, None],
            inputs.edge_index,
            inputs.batch,
            inputs.num_graphs,
        )
    )
    return model.embed(graph) - without


@torch.no_grad()
def embedding_products(model: SiameseGNN, queries: Graphs, references: Graphs) -> list[Tensor]:
    """Products of last-layer node embeddings, which the sum over nodes makes add up exactly."""
    nodes = [
        [model.node_embeddings(model.inputs(g)) for g in side] for side in (queries, references)
    ]
    return [a @ b.T for a, b in zip(*nodes, strict=True)]


def chance(model: SiameseGNN, queries: Graphs, references: Graphs) -> list[Tensor]:
    """Uniform numbers, the same at each call."""
    generator = torch.Generator().manual_seed(0)
    return [
        torch.rand(q.num_nodes, r.num_nodes, generator=generator)
        for q, r in zip(queries, references, strict=True)
    ]


def oracle(model: SiameseGNN, queries: Graphs, references: Graphs) -> list[Tensor]:
    """The truth."""
    return [true_pairs(q, r).to(q.x) for q, r in zip(queries, references, strict=True)]


def methods(points: int) -> dict[str, Method]:
    """Every method by the name it has in the tables."""
    generalised = {
        f"BiLRP, generalised, gamma {g:g}": explained(BiLRP(gamma=g)) for g in GAMMAS if g
    }
    source = {
        f"BiLRP, source, gamma {g:g}": explained(BiLRP(gamma=g, rule="source")) for g in GAMMAS if g
    }
    schedule = explained(BiLRP(gamma=SCHEDULE, rule="source"))
    return {
        "oracle": oracle,
        "BiLRP, gamma 0": explained(BiLRP(gamma=0.0)),
        **generalised,
        **source,
        "BiLRP, source, schedule": schedule,
        "Hessian x product": hessian_products,
        "gradient x input products": gradient_products,
        "integrated Jacobians": explained(IntegratedJacobians(steps=points)),
        "integrated Jacobians, from mean": explained(IntegratedJacobians(points, reference="own")),
        "pair occlusion": pair_occlusion,
        "node embedding products": embedding_products,
        "random": chance,
    }
