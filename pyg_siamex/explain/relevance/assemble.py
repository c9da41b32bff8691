"""From factors to what an explainer returns: pair matrices and masks of B pairs."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType
from torch_geometric.utils import scatter

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.mask_space import tied
from pyg_siamex.explain.engine.problem import Masks, PairProblem
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.nn.similarity import Form

_LARGEST_EDGE_MATRIX = 4_000_000
"""Entries up to which an edge-pair matrix is kept beside its row sums."""


@dataclass(frozen=True)
class Side:
    """Factors of the queries, or of the references, of B pairs.

    Attributes:
        factors: Factors of B graphs.
        features: ``[D, N, F]`` by feature, or ``None``.
        inputs: The graphs.
    """

    factors: Factors
    features: Tensor | None
    inputs: GraphInputs

    def feature_factor(self, graph: int) -> Tensor:
        """One graph's factor by feature, ``[D, n, F]``."""
        if self.features is None:
            raise ValueError("these factors were computed by node, not by feature")
        first, last = self.factors.ptr[graph], self.factors.ptr[graph + 1]
        return self.features[:, int(first) : int(last)]


def sides(problem: PairProblem, factors: Factors, features: Tensor | None) -> tuple[Side, Side]:
    """Split factors of queries and references, computed as one union, into the two."""
    count = problem.num_pairs
    nodes = len(problem.query.x)
    by_node = (None, None) if features is None else (features[:, :nodes], features[:, nodes:])
    return (
        Side(factors.select(range(count)), by_node[0], problem.query),
        Side(factors.select(range(count, 2 * count)), by_node[1], problem.reference),
    )


def node_relevance(forms: list[Form], query: Side, reference: Side) -> list[Tensor]:
    """Pair matrices over nodes, ``[n_q, n_r]`` each."""
    pairs = zip(forms, query.factors, reference.factors, strict=True)
    return [form.cross(q, r) for form, q, r in pairs]


def masks(
    problem: PairProblem, forms: list[Form], query: Side, reference: Side
) -> tuple[Masks, Masks]:
    """Row sums of the pair matrices of nodes, or features, and of edges, for either side."""
    wanted = {"query": (query, reference), "reference": (reference, query)}
    out = {}
    for name, (own, other) in wanted.items():
        if problem.side not in ("both", name):
            out[name] = Masks()
            continue
        out[name] = Masks(
            node=_node_mask(problem, forms, own, other),
            edge=_edge_mask(problem, forms, own, other),
        )
    return out["query"], out["reference"]


def _node_mask(problem: PairProblem, forms: list[Form], own: Side, other: Side) -> Tensor | None:
    kind = problem.kinds.node_mask_type
    if kind is None:
        return None
    parts = []
    for graph, form in enumerate(forms):
        weight = form.apply(other.factors[graph].sum(1))  # [D]
        if kind is MaskType.object:
            parts.append((weight @ own.factors[graph]).unsqueeze(1))
        else:
            parts.append(torch.einsum("d,dif->if", weight, own.feature_factor(graph)))
    values = torch.cat(parts)
    if kind is MaskType.common_attributes:
        return scatter(values, own.inputs.batch, dim=0, dim_size=problem.num_pairs)
    return values


def _edge_mask(problem: PairProblem, forms: list[Form], own: Side, other: Side) -> Tensor | None:
    if problem.kinds.edge_mask_type is None:
        return None
    parts = [
        form.apply(other.factors.edges(graph).sum(1)) @ own.factors.edges(graph)
        for graph, form in enumerate(forms)
    ]
    order = own.inputs.edge_graph.argsort(stable=True)
    values = torch.cat(parts)
    values = torch.empty_like(values).index_copy(0, order, values)
    return tied(own.inputs.edge_index, values) if problem.kinds.undirected else values


def edge_relevance(form: Form, query: Factors, reference: Factors, graph: int) -> dict[str, Any]:
    """Pair matrix over the edges of pair ``graph``, ``[E_q, E_r]``, unless it is very large."""
    left, right = query.edges(graph), reference.edges(graph)
    if left.size(1) * right.size(1) > _LARGEST_EDGE_MATRIX:
        return {}
    return {"edge_relevance": form.cross(left, right).cpu()}


def feature_relevance(form: Form, query: Side, reference: Side, graph: int) -> Tensor:
    """Pair matrix over node features, ``[n_q, F, n_r, F]``."""
    left, right = query.feature_factor(graph), reference.feature_factor(graph)
    matrix = form.cross(left.flatten(1), right.flatten(1))
    return matrix.view(*left.shape[1:], *right.shape[1:]).cpu()
