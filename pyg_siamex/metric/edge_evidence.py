"""What each connection of a subject says for each class, by a model that does not know it."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.explain.engine.quadrature import quadrature
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.siamese import SiameseGNN

_STEPS = 16
_CHUNK = 32


def edge_evidence(
    model: SiameseGNN,
    matrices: Tensor,
    middle: Tensor,
    references: Sequence[Tensor],
    graph_of: Callable[[Tensor], Data],
) -> np.ndarray:
    r"""Integrated gradients of the similarity to a class, from the average matrix to a subject's.

    .. math:: a_{ic,e} = (m_{i,e} - \bar m_e) \int_0^1 \frac{\partial}{\partial m_e}
              \frac{1}{|R_c|} \sum_{r \in R_c} \sigma\bigl(h(\bar m + t (m_i - \bar m)), h(r)\bigr)
              \,dt

    The sum over connections is by how much more, or less, the subject is like class c than the
    average of the training subjects is (Sundararajan et al., arXiv 1703.01365). A connection that
    is as usual says nothing. The subject's own class is not read.

    Args:
        model: The model that reads the graphs; it stays as it is.
        matrices: What ``graph_of`` makes graphs of, ``[n, R, R]``.
        middle: Average over the training subjects, ``[R, R]``.
        references: Embeddings of training subjects of each of C classes, ``[m, D]`` each.
        graph_of: A graph whose inputs are differentiable in the matrix.

    Returns:
        ``[n, C, R (R - 1) / 2]``, both directions of a connection summed, in the order of
        :func:`numpy.triu_indices`.
    """
    row, col = torch.triu_indices(len(middle), len(middle), 1)
    parts = []
    with evaluating(model):
        for some in matrices.split(_CHUNK):
            found = torch.stack(
                [_integrated(model, some, middle, h, graph_of) for h in references], dim=1
            )
            parts.append((found + found.transpose(-1, -2))[..., row, col].double().numpy())
    return np.concatenate(parts)


def _integrated(
    model: SiameseGNN,
    matrices: Tensor,
    middle: Tensor,
    reference: Tensor,
    graph_of: Callable[[Tensor], Data],
) -> Tensor:
    away = matrices - middle
    total = torch.zeros_like(matrices)
    for t, weight in zip(*quadrature(_STEPS, "gauss-legendre"), strict=True):
        with torch.enable_grad():
            point = (middle + t.to(away) * away).requires_grad_()
            h = model.encode(model.inputs_of([graph_of(matrix) for matrix in point]))
            likeness = model.similarity(h[:, None], reference[None]).mean(1).sum()
            (gradient,) = torch.autograd.grad(likeness, point)
        total += weight.to(gradient) * gradient
    return away * total
