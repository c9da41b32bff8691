"""Embeddings and their derivatives at the points of a path."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial, reduce
from itertools import starmap

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.relevance.backward import layer_size, output_gradients, rows_at_once
from pyg_siamex.explain.relevance.jacobian.integration import Points
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.tape import Leaf, Tape
from pyg_siamex.nn.siamese import SiameseGNN

_POINT_BUDGET = 16_384
"""Nodes plus edges encoded at once, over all points of the path."""


def summed_factors(
    model: SiameseGNN, inputs: GraphInputs, path: Path, points: Points, features: bool
) -> tuple[Tensor, Tensor]:
    """Jacobians along the path of a union of graphs, times the path, summed over points by weight.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: From where, and what moves.
        points: The points and their weights.
        features: Give the factor of each feature instead of their sum.

    Returns:
        Factors of nodes, ``[D, N, F]`` by feature or ``[D, N, 1]``, and of edges, ``[D, E]``.

    Raises:
        ValueError: If factors by feature are asked for and the features are integers.
    """
    _check_features(inputs, features)
    shape = (1, len(inputs.x), inputs.x.size(1) if features else 1)

    def summed(times: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        weighted = partial(_weighted, weights)
        _, node, edge = _derivatives(model, inputs, path, times, shape, weighted)
        return node[:, 0], edge[:, 0]

    chunks = starmap(summed, _chunks(model, inputs, points))
    return reduce(lambda a, b: (a[0] + b[0], a[1] + b[1]), chunks)


def path_tapes(
    model: SiameseGNN, inputs: GraphInputs, path: Path, points: Points, features: bool
) -> Iterator[Tape]:
    """Embeddings along the path, summed by weight over as many points as are encoded at once.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: From where, and what moves.
        points: The points and their weights.
        features: Derive by single features.

    Yields:
        Tapes with the leaves ``"node"``, or ``"feature"`` with a column for each feature, and
        ``"edge"`` if edges move. Derivatives are by the share of the path.

    Raises:
        ValueError: If factors by feature are asked for and the features are integers.
    """
    _check_features(inputs, features)
    like, width = mask_like(model, inputs), inputs.x.size(1) if features else 1
    for times, weights in _chunks(model, inputs, points):
        node = like.new_zeros(len(inputs.x), width).requires_grad_()
        edge = like.new_zeros(inputs.edge_index.size(1)).requires_grad_()
        with path.encoder(model, inputs, len(times), fused=True) as encode:
            h = encode(times, node.unsqueeze(0), edge.unsqueeze(0))
        leaves = {"feature" if features else "node": Leaf(node, inputs.batch)}
        if path.moves_edges:
            leaves["edge"] = Leaf(edge, inputs.edge_graph)
        yield Tape(_weighted(weights, h), leaves)


def point_factors(
    model: SiameseGNN, inputs: GraphInputs, path: Path, points: Points
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Embedding and weighted factor at every point of the path of *one* graph, for any smooth head.

    Returns:
        Embeddings ``[points, D]``, node factors ``[points, D, n]`` and edge factors
        ``[points, D, E]``, both times the point's weight, and h(x0), ``[D]``.
    """
    parts: list[tuple[Tensor, Tensor, Tensor]] = []
    with untouched(model), torch.enable_grad():
        for times, weights in _chunks(model, inputs, points):
            shape = (len(times), len(inputs.x), 1)
            h, node, edge = _derivatives(model, inputs, path, times, shape, _by_point)
            w = weights.view(-1, 1, 1)
            parts.append((h[:, 0], w * node[..., 0].transpose(0, 1), w * edge.transpose(0, 1)))
        start = start_embedding(model, inputs, path)[0]
    h, node, edge = (torch.cat(part) for part in zip(*parts, strict=True))
    return h, node, edge, start


def start_embedding(model: SiameseGNN, inputs: GraphInputs, path: Path) -> Tensor:
    """Embedding of the reference input, h(x0), ``[B, D]``."""
    zero = mask_like(model, inputs).new_zeros(1)
    node, edge = zero.view(1, 1, 1), zero.view(1, 1)
    with torch.no_grad(), path.encoder(model, inputs, 1) as encode:
        return encode(zero, node, edge)[0]


def subset(inputs: GraphInputs, graphs: list[int], path: Path) -> tuple[GraphInputs, Path]:
    """The union of some of the graphs, and their path."""
    chosen = torch.tensor(graphs, device=inputs.batch.device)
    if path.of_nodes(inputs):
        assert isinstance(path.start, Tensor)
        path = replace(path, start=path.start[torch.isin(inputs.batch, chosen)])
    return inputs.select_graphs(chosen), path


def is_one_chunk(model: SiameseGNN, inputs: GraphInputs, points: Points) -> bool:
    """Whether all points are encoded at once."""
    return sum(1 for _ in _chunks(model, inputs, points)) == 1


def _chunks(
    model: SiameseGNN, inputs: GraphInputs, points: Points
) -> Iterator[tuple[Tensor, Tensor]]:
    """Times and weights of as many points as are encoded at once."""
    like = mask_like(model, inputs)
    times, weights = points.times.to(like), points.weights.to(like)
    size = len(inputs.x) + inputs.edge_index.size(1)
    chunk = max(1, _POINT_BUDGET // max(size, 1))
    yield from zip(times.split(chunk), weights.split(chunk), strict=True)


def _derivatives(
    model: SiameseGNN,
    inputs: GraphInputs,
    path: Path,
    times: Tensor,
    shape: tuple[int, int, int],
    target: Callable[[Tensor], Tensor],
) -> tuple[Tensor, Tensor, Tensor]:
    """Derivatives at some points of a path by steps of nodes and edges.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: The path.
        times: The points, ``[points]``.
        shape: Shape of the node steps: ``1`` for all points together or ``points``, N, and 1 or F.
        target: From embeddings ``[points, B, D]`` to what is derived, ``[rows, D]``.

    Returns:
        Embeddings ``[points, B, D]``, derivatives by node steps ``[D, *shape]`` and by edge steps
        ``[D, 1 or points, E]``.
    """
    like = mask_like(model, inputs)
    nodes, edges = len(inputs.x), inputs.edge_index.size(1)
    steps = [like.new_zeros(*shape), like.new_zeros(shape[0], edges)]
    for step in steps:
        step.requires_grad_()
    with path.encoder(model, inputs, len(times)) as encode:
        h = encode(times, *steps)  # [points, B, D]
    size = len(times) * layer_size(edges, nodes, model.encoder)
    node, edge = output_gradients(target(h), steps, rows_at_once(size, h.size(-1)))
    return h.detach(), node, edge


def _check_features(inputs: GraphInputs, features: bool) -> None:
    if features and not inputs.x.is_floating_point():
        raise ValueError(f"relevance by feature needs float features, got {inputs.x.dtype}")


def _weighted(weights: Tensor, h: Tensor) -> Tensor:
    return torch.einsum("p,pbd->bd", weights.to(h), h)


def _by_point(h: Tensor) -> Tensor:
    return h.flatten(0, 1)
