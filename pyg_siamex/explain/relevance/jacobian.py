r"""Integrated Jacobian factors: the encoder's Jacobian along a path, times the path."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.relevance.backward import layer_size, output_gradients, rows_at_once
from pyg_siamex.explain.relevance.factors import Factors, pointers
from pyg_siamex.explain.relevance.path import Path
from pyg_siamex.explain.relevance.quadrature import Quadrature, quadrature
from pyg_siamex.nn.siamese import SiameseGNN

POINT_BUDGET = 16_384
"""Nodes plus edges encoded at once, over all points of the path."""


@dataclass(frozen=True)
class Integration:
    """How a path integral is computed.

    Attributes:
        steps: Points on the path.
        kind: Quadrature rule.
        tolerance: Refine a graph, doubling its points, until the embedding's change along the path
            is accounted for to this relative error; ``None`` for a fixed number of points.
        most: Largest number of points.
    """

    steps: int = 32
    kind: Quadrature = "gauss-legendre"
    tolerance: float | None = None
    most: int = 1024

    def __post_init__(self) -> None:
        quadrature(self.steps, self.kind)
        if self.tolerance is not None and not self.tolerance > 0:
            raise ValueError(f"tolerance must be above 0 (got {self.tolerance})")


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
    arXiv 2310.05703, equation 5). Where edges move, they have columns of their own and the sum is
    over both.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: From where, and what moves.
        integration: Points, rule, tolerance.
        features: Also return the factor by feature.

    Returns:
        Factors whose ``parts["start"]`` is h(x0); ``[D, N, F]`` by feature or ``None``; and the
        number of points used for each graph.

    Raises:
        ValueError: If the graphs do not fit the path.
    """
    path, integration = path or Path(), integration or Integration()
    with untouched(model), torch.enable_grad():
        found = _integrate(model, inputs, path, integration, integration.steps, features)
        used = [integration.steps] * inputs.num_graphs
        steps = integration.steps
        while integration.tolerance is not None and steps * 2 <= integration.most:
            steps *= 2
            poor = (_gap(found[0]) > integration.tolerance).nonzero().flatten().tolist()
            if not poor:
                break
            part, own = subset(inputs, poor, path)
            better = _integrate(model, part, own, integration, steps, features)
            found = _replaced(found, better, poor, inputs)
            for graph in poor:
                used[graph] = steps
    return *found, used


def _integrate(
    model: SiameseGNN,
    inputs: GraphInputs,
    path: Path,
    integration: Integration,
    steps: int,
    features: bool,
) -> tuple[Factors, Tensor | None]:
    total_node: Tensor | None = None
    total_edge: Tensor | None = None
    for _, weights, node, edge in _points(model, inputs, path, integration, steps, features, False):
        del weights
        total_node = node if total_node is None else total_node + node
        total_edge = edge if total_edge is None else total_edge + edge
    if total_node is None or total_edge is None:
        raise ValueError("a path needs at least one point")
    with torch.no_grad():
        h, start = embed_alone(model, inputs), start_embedding(model, inputs, path)
    order = inputs.edge_graph.argsort(stable=True)
    factors = Factors(
        total_node.sum(-1),
        pointers(inputs.batch, inputs.num_graphs),
        h,
        total_edge[:, order] if path.moves_edges else None,
        pointers(inputs.edge_graph[order], inputs.num_graphs) if path.moves_edges else None,
        {"start": start},
    )
    return factors, total_node if features else None


def _points(
    model: SiameseGNN,
    inputs: GraphInputs,
    path: Path,
    integration: Integration,
    steps: int,
    features: bool,
    apart: bool,
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Run along the path in chunks of points.

    Yields:
        Embeddings ``[points, B, D]``, weights ``[points]``, and the chunk's factors of nodes
        ``[D, N, 1 or F]`` and edges ``[D, E]``, summed over points by weight; or by point, with a
        dimension in front, if ``apart``.
    """
    like = mask_like(model, inputs)
    times, weights = (t.to(like) for t in quadrature(steps, integration.kind))
    nodes, edges = len(inputs.x), inputs.edge_index.size(1)
    chunk = max(1, min(steps, POINT_BUDGET // max(nodes + edges, 1)))
    if features and not inputs.x.is_floating_point():
        raise ValueError(f"relevance by feature needs float features, got {inputs.x.dtype}")
    width = inputs.x.size(1) if features else 1
    for first in range(0, steps, chunk):
        t, w = times[first : first + chunk], weights[first : first + chunk]
        count = len(t) if apart else 1
        node = like.new_zeros(count, nodes, width).requires_grad_()
        edge = like.new_zeros(count, edges).requires_grad_()
        with path.encoder(model, inputs, len(t)) as encode:
            h = encode(t, node, edge)  # [points, B, D]
        target = h.flatten(0, 1) if apart else torch.einsum("p,pbd->bd", w.to(h), h)
        size = len(t) * layer_size(edges, nodes, model.encoder)
        grads = output_gradients(target, [node, edge], rows_at_once(size, h.size(-1)))
        by_node, by_edge = (grads[0], grads[1]) if apart else (grads[0][:, 0], grads[1][:, 0])
        yield h.detach(), w, by_node, by_edge


def start_embedding(model: SiameseGNN, inputs: GraphInputs, path: Path) -> Tensor:
    """Embedding of the reference input, h(x0), ``[B, D]``."""
    zero = mask_like(model, inputs).new_zeros(1)
    node, edge = zero.view(1, 1, 1), zero.view(1, 1)
    with torch.no_grad(), path.encoder(model, inputs, 1) as encode:
        return encode(zero, node, edge)[0]


def point_factors(
    model: SiameseGNN, inputs: GraphInputs, path: Path, integration: Integration
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Embedding and weighted factor at every point of the path of *one* graph, for any smooth head.

    Returns:
        Embeddings ``[points, D]``, node factors ``[points, D, n]`` and edge factors
        ``[points, D, E]``, both times the point's weight, and h(x0), ``[D]``.
    """
    parts: list[tuple[Tensor, Tensor, Tensor]] = []
    with untouched(model), torch.enable_grad():
        for h, w, node, edge in _points(
            model, inputs, path, integration, integration.steps, False, True
        ):
            w = w.view(-1, 1, 1)
            parts.append((h[:, 0], w * node[..., 0].transpose(0, 1), w * edge.transpose(0, 1)))
        start = start_embedding(model, inputs, path)[0]
    h, node, edge = (torch.cat(part) for part in zip(*parts, strict=True))
    return h, node, edge, start


def _gap(factors: Factors) -> Tensor:
    """Relative part of each graph's h(x) - h(x0) that the factor misses, ``[B]``."""
    change = factors.embedding - factors.parts["start"]
    total = factors.sums()
    if factors.edge is not None and factors.edge_ptr is not None:
        graph = torch.repeat_interleave(torch.arange(len(factors)), factors.edge_ptr.diff())
        total = total.index_add(0, graph.to(total.device), factors.edge.T)
    missing = (change - total).norm(dim=1)
    return missing / change.norm(dim=1).clamp_min(torch.finfo(change.dtype).tiny)


def subset(inputs: GraphInputs, graphs: list[int], path: Path) -> tuple[GraphInputs, Path]:
    """The union of some of the graphs, and their path."""
    chosen = torch.tensor(graphs, device=inputs.batch.device)
    if isinstance(path.start, Tensor) and path.start.shape == inputs.x.shape:
        path = replace(path, start=path.start[torch.isin(inputs.batch, chosen)])
    return inputs.select_graphs(chosen), path


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
