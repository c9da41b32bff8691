r"""Integrated Jacobian factors: the encoder's Jacobian along a path, times the path."""

from dataclasses import replace

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance.factors import Factors, pointers
from pyg_siamex.explain.relevance.jacobian.integration import Integration
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.jacobian.points import start_embedding, subset, summed_factors
from pyg_siamex.nn.siamese import SiameseGNN


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
        found = _integrate(model, inputs, path, integration, features)
        used = [integration.steps] * inputs.num_graphs
        while integration.tolerance is not None and integration.steps * 2 <= integration.most:
            poor = (_gap(found[0]) > integration.tolerance).nonzero().flatten().tolist()
            if not poor:
                break
            integration = replace(integration, steps=integration.steps * 2)
            better = _integrate(model, *subset(inputs, poor, path), integration, features)
            found = _replaced(found, better, poor, inputs)
            for graph in poor:
                used[graph] = integration.steps
    return *found, used


def _integrate(
    model: SiameseGNN, inputs: GraphInputs, path: Path, integration: Integration, features: bool
) -> tuple[Factors, Tensor | None]:
    """Factors with one number of points for all graphs."""
    node, edge = summed_factors(model, inputs, path, integration, features)
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


def _gap(factors: Factors) -> Tensor:
    """Relative part of each graph's h(x) - h(x0) that the factor misses, ``[B]``."""
    change = factors.embedding - factors.parts["start"]
    total = factors.sums()
    if factors.edge is not None and factors.edge_ptr is not None:
        graph = torch.repeat_interleave(torch.arange(len(factors)), factors.edge_ptr.diff())
        total = total.index_add(0, graph.to(total.device), factors.edge.T)
    missing = (change - total).norm(dim=1)
    return missing / change.norm(dim=1).clamp_min(torch.finfo(change.dtype).tiny)


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
