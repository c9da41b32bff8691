r"""Integrated Jacobian factors: the encoder's Jacobian along a path, times the path."""

from dataclasses import replace

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance.factors import Factors, check_finite, concatenate, pointers
from pyg_siamex.explain.relevance.jacobian.choose_points import first_points, settled
from pyg_siamex.explain.relevance.jacobian.converged import relative_gaps
from pyg_siamex.explain.relevance.jacobian.integration import Integration, Points
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.jacobian.points import start_embedding, subset, summed_factors
from pyg_siamex.nn.siamese import SiameseGNN


@checked
def jacobian_factors(
    model: SiameseGNN,
    inputs: GraphInputs,
    path: Path | None = None,
    integration: Integration | None = None,
    *,
    features: bool = False,
) -> tuple[Factors, Tensor | None, list[int]]:
    r"""Integrate the Jacobian of a union of graphs.

    .. math:: \Phi_{ki} = \sum_f (x_{if} - x^0_{if}) \int_0^1
              \frac{\partial h_k}{\partial x_{if}}\bigl(x_0 + t (x - x_0)\bigr)\,dt

    so that :math:`\sum_i \Phi_{ki} = h_k(x) - h_k(x_0)` (Möller et al., EMNLP 2023,
    arXiv 2310.05703, equation 5). Edges that move have columns of their own, and the sum is over
    both.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: From where, and what moves.
        integration: Points, rule, tolerance.
        features: Also return the factor by feature.

    Returns:
        Factors whose ``parts["start"]`` is h(x0), the factor by feature ``[D, N, F]`` or ``None``,
        and the number of points used for each graph.

    Raises:
        ValueError: If the graphs do not fit the path.
    """
    path, integration = path or Path(), integration or Integration()
    with untouched(model), torch.enable_grad():
        integration = settled(model, inputs, path, integration)
        chosen = first_points(model, inputs, path, integration)
        found = _by_points(model, inputs, path, chosen, features)
        better, graphs = integration.doubled(), list(range(inputs.num_graphs))
        while integration.tolerance is not None and better is not None:
            gaps = _gap(found[0]).tolist()
            graphs = [graph for graph in graphs if gaps[graph] > integration.tolerance]
            if not graphs:
                break
            for graph in graphs:
                chosen[graph] = better.points
            part = subset(inputs, graphs, path)
            new = _by_points(model, *part, [better.points] * len(graphs), features)
            found = _replaced(found, new, graphs, inputs)
            better = better.doubled()
    check_finite(found[0])
    return *found, [len(points) for points in chosen]


def factors_at(
    model: SiameseGNN, inputs: GraphInputs, path: Path, points: Points, features: bool
) -> tuple[Factors, Tensor | None]:
    """Factors at the same points for all graphs, inside ``untouched(model)``.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: From where, and what moves.
        points: The points and their weights.
        features: Also return the factor by feature.
    """
    node, edge = summed_factors(model, inputs, path, points, features)
    with torch.no_grad():
        h, start = embed_alone(model, inputs), start_embedding(model, inputs, path)
    order = inputs.edge_graph.argsort(stable=True)
    factors = Factors(
        node.sum(-1),
        pointers(inputs.batch, inputs.num_graphs),
        h,
        edge[:, order] if path.moves_edges else None,
        pointers(inputs.edge_graph[order], inputs.num_graphs) if path.moves_edges else None,
        {"start": start},
    )
    return factors, node if features else None


def _by_points(
    model: SiameseGNN, inputs: GraphInputs, path: Path, chosen: list[Points], features: bool
) -> tuple[Factors, Tensor | None]:
    """Factors of graphs with points of their own each; graphs with the same ones together."""
    groups: dict[Points, list[int]] = {}
    for graph, points in enumerate(chosen):
        groups.setdefault(points, []).append(graph)
    if len(groups) == 1:
        return factors_at(model, inputs, path, chosen[0], features)
    parts = [
        factors_at(model, *subset(inputs, graphs, path), points, features)
        for points, graphs in groups.items()
    ]
    order = torch.tensor([graph for graphs in groups.values() for graph in graphs])
    found = concatenate([factors for factors, _ in parts])
    whole = found.select(order.argsort().tolist())
    if not features:
        return whole, None
    columns = torch.cat(
        [
            torch.isin(inputs.batch.cpu(), torch.tensor(graphs)).nonzero()[:, 0]
            for graphs in groups.values()
        ]
    )
    by_feature = torch.cat([feature for _, feature in parts if feature is not None], dim=1)
    return whole, by_feature[:, columns.argsort().to(by_feature.device)]


def _gap(factors: Factors) -> Tensor:
    """Relative part of each graph's h(x) - h(x0) that the factor misses, ``[B]``."""
    total = factors.sums()
    if factors.edge is not None and factors.edge_ptr is not None:
        graph = torch.repeat_interleave(torch.arange(len(factors)), factors.edge_ptr.diff())
        total = total.index_add(0, graph.to(total.device), factors.edge.T)
    return relative_gaps(factors.embedding, factors.parts["start"], total)


def _replaced(
    found: tuple[Factors, Tensor | None],
    better: tuple[Factors, Tensor | None],
    graphs: list[int],
    inputs: GraphInputs,
) -> tuple[Factors, Tensor | None]:
    """Put the columns of refined graphs into all graphs' factors."""
    keep = torch.isin(inputs.batch, torch.tensor(graphs, device=inputs.batch.device))
    (factors, by_feature), (new, new_by_feature) = found, better
    node = factors.node.clone()
    node[:, keep] = new.node
    edge = factors.edge
    if edge is not None and new.edge is not None:
        edge = edge.clone()
        owner = inputs.edge_graph.sort(stable=True).values
        edge[:, torch.isin(owner, torch.tensor(graphs, device=owner.device))] = new.edge
    if by_feature is not None and new_by_feature is not None:
        by_feature = by_feature.clone()
        by_feature[:, keep] = new_by_feature
    return replace(factors, node=node, edge=edge), by_feature
