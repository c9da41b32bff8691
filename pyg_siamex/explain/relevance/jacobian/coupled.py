"""Integrated Jacobians of heads that couple the two paths, pair by pair."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.mask_space import tied
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem
from pyg_siamex.explain.relevance.jacobian.corners import corner_gap, corners
from pyg_siamex.explain.relevance.jacobian.integration import Integration, Points
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.jacobian.points import point_factors, subset
from pyg_siamex.nn.similarity import Similarity, compare

_NO_MIXED_DERIVATIVE = 0.5
"""Relative gap above which an unknown head counts as one without mixed second derivative."""


@dataclass(frozen=True)
class _Points:
    """Embeddings ``[P, D]`` and factors ``[P, D, n + E]`` along a path, and its two ends."""

    h: Tensor
    factor: Tensor
    start: Tensor
    end: Tensor
    nodes: int


def coupled_attribution(
    problem: PairProblem, path: Path, integration: Integration, exact: bool
) -> Attribution:
    """Explain pairs whose head's mixed second derivative varies along the paths.

    Raises:
        ValueError: If masks by feature are asked for, or the head has no mixed second derivative.
    """
    if problem.kinds.node_mask_type not in (None, MaskType.object):
        name = type(problem.model.similarity).__name__
        raise ValueError(f"the head {name} gives node_mask_type='object', not masks by feature")
    found = [_pair(problem, path, integration, exact, pair) for pair in range(problem.num_pairs)]
    matrices, counts, terms, info = (list(part) for part in zip(*found, strict=True))
    both = list(zip(matrices, counts, strict=True))
    nodes = [matrix[:n, :m] for matrix, (n, m) in both]
    edges = [matrix[n:, m:] for matrix, (n, m) in both]
    if problem.kinds.edge_mask_type is not None:
        for own, edge, (matrix, (n, m)) in zip(info, edges, both, strict=True):
            own["edge_relevance"] = edge.cpu()
            if "features" in path.along:
                own["node_edge_relevance"] = matrix[:n, m:].cpu()
                own["edge_node_relevance"] = matrix[n:, :m].cpu()
    return Attribution(
        _masks(problem, "query", 1, nodes, edges),
        _masks(problem, "reference", 0, nodes, edges),
        relevance=nodes if "features" in path.along else None,
        terms=terms,
        completeness_error=[corner_gap(term) for term in terms],
        info=info,
    )


def _pair(
    problem: PairProblem, path: Path, integration: Integration, exact: bool, pair: int
) -> tuple[Tensor, tuple[int, int], dict[str, float], dict[str, Any]]:
    """One pair: the matrix over nodes and edges, node counts, terms and steps."""
    similarity = problem.model.similarity
    while True:
        q, r = (
            _along(problem, inputs, path, integration.points, exact, pair)
            for inputs in (problem.query, problem.reference)
        )
        matrix = similarity.mixed_products((q.h, q.factor), (r.h, r.factor)).detach()
        with torch.no_grad():
            terms = corners(partial(compare, similarity), (q.end, r.end), (q.start, r.start))
        terms["sum"] = float(matrix.double().sum())
        if path.moves_edges:
            terms["nodes"] = float(matrix[: q.nodes, : r.nodes].double().sum())
        tolerance, better = integration.tolerance, integration.doubled()
        if tolerance is None or corner_gap(terms) <= tolerance or better is None:
            break
        integration = better
    steps = len(integration.points)
    _check_head(similarity, terms, bool(matrix.any()))
    return matrix, (q.nodes, r.nodes), terms, {"steps_query": steps, "steps_reference": steps}


def _along(
    problem: PairProblem,
    inputs: GraphInputs,
    path: Path,
    points: Points,
    exact: bool,
    pair: int,
) -> _Points:
    if callable(path.start):
        path = replace(path, start=path.start_features(inputs))
    one, own = subset(inputs, [pair], path)
    h, node, edge, start = point_factors(problem.model, one, own, points)
    with torch.no_grad():
        end = embed_alone(problem.model, one)[0]
    if exact:
        h, end, start = h - start, end - start, torch.zeros_like(start)
    factor = torch.cat([node, edge], dim=2) if path.moves_edges else node
    return _Points(h, factor, start, end, len(one.x))


def _masks(
    problem: PairProblem, side: str, axis: int, nodes: list[Tensor], edges: list[Tensor]
) -> Masks:
    """Sums of the pair matrices of nodes and of edges over the other side."""
    if problem.side not in ("both", side):
        return Masks()
    node, edge = (torch.cat([m.sum(axis) for m in part]) for part in (nodes, edges))
    if problem.kinds.undirected:
        inputs = problem.query if side == "query" else problem.reference
        edge = tied(inputs.edge_index, edge)
    return Masks(
        node=None if problem.kinds.node_mask_type is None else node.unsqueeze(1),
        edge=None if problem.kinds.edge_mask_type is None else edge,
    )


def _check_head(similarity: Similarity, terms: dict[str, float], anything: bool) -> None:
    """Refuse a head whose similarity pairs leave unexplained, in whole or for the most part."""
    if similarity.curved:
        return
    nothing = not anything and terms["f_qr"] != terms["f_00"]
    if nothing or corner_gap(terms) > _NO_MIXED_DERIVATIVE:
        raise ValueError(
            f"the head {type(similarity).__name__} seems to have no mixed second derivative (ReLU "
            f"or |a - b|), so that nothing of the similarity belongs to pairs: use a smooth head, "
            f"or more steps"
        )
