"""Local explanations of graphs against K references at once."""

from functools import singledispatch

import torch
from torch import Tensor

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.integrated_gradients import IntegratedGradients
from pyg_siamex.explain.algorithm.occlusion import COPY_BUDGET
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.problem import AgainstEmbeddings
from pyg_siamex.explain.engine.quadrature import quadrature

# Rounding of a similarity, in units of the last place.
_ROUNDING = 16


@singledispatch
def local_importances(
    algorithm: PairAlgorithm, graphs: MaskedGraphs, references: Tensor
) -> dict[str, Tensor]:
    """Importance of each mask element against each reference, signed if the algorithm is signed.

    In general, the algorithm explains the graphs K times. For :class:`IntegratedGradients` the
    graphs are encoded once for all references.

    Args:
        algorithm: The explainer of pairs.
        graphs: The G graphs.
        references: Embeddings to compare them with, ``[G, K, D]``.

    Returns:
        ``{name: [M, K]}``.
    """
    found = []
    for embedding in references.unbind(1):
        one = AgainstEmbeddings.of(graphs.model, graphs.union, embedding, graphs.kinds)
        masks = algorithm.attribute(one).query
        values = {"edge": masks.edge, "node": masks.node}
        found.append({n: graphs.elements(n, v) for n, v in values.items() if v is not None})
    return {name: torch.stack([one[name] for one in found], dim=1) for name in graphs.spaces}


@local_importances.register
def _(
    algorithm: IntegratedGradients, graphs: MaskedGraphs, references: Tensor
) -> dict[str, Tensor]:
    size = len(graphs.union.x) + graphs.union.edge_index.size(1)
    points, weights = quadrature(algorithm.steps, algorithm.quadrature)
    copies = max(1, COPY_BUDGET // size)
    ones = graphs.ones()
    total = {n: m.new_zeros(len(m), references.size(1)) for n, m in ones.items()}
    for t, w in zip(points.split(copies), weights.split(copies), strict=True):
        masks = {
            name: t.to(mask).repeat_interleave(len(mask)).requires_grad_()
            for name, mask in ones.items()
        }
        weight = w.view(-1, 1).to(references.device)
        with graphs.encoding(len(t)) as encode, torch.enable_grad():
            h = encode(masks)  # [copies, G, D]
        # One backward pass through the encoder for each reference, without a forward pass.
        for k, reference in enumerate(references.unbind(1)):
            with torch.enable_grad():
                similarity = (weight * graphs.compare(h, reference)).sum()
            more = k + 1 < references.size(1)
            grads = gradients(similarity, list(masks.values()), retain=more)
            for name, grad in zip(masks, grads, strict=True):
                total[name][:, k] += grad.view(len(t), -1).sum(0)
    return total


def similarity_rounding(graphs: MaskedGraphs, whole: Tensor, references: Tensor) -> Tensor:
    """Largest importance from rounding for each graph, ``[G]``.

    Importances are differences of similarities, which are rounded relative to their own size.

    Args:
        graphs: The G graphs.
        whole: Their embeddings, ``[G, D]``.
        references: Embeddings to compare them with, ``[G, K, D]``.
    """
    largest = whole.new_zeros(len(whole))
    with torch.no_grad():
        for reference in references.unbind(1):
            similarity = graphs.compare(whole[None], reference)[0]
            largest = largest.maximum(similarity.abs().to(largest))
    return _ROUNDING * torch.finfo(whole.dtype).eps * largest
