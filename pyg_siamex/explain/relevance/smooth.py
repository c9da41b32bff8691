r"""Integrated Jacobians of any smooth head: its mixed second derivative along both paths."""

import torch
from torch import Tensor

from pyg_siamex.nn.similarity import RBFSimilarity, Similarity, compare

CHUNK = 4_000_000
"""Numbers of mixed derivatives held at once."""


def coupled_relevance(
    similarity: Similarity,
    query: tuple[Tensor, Tensor],
    reference: tuple[Tensor, Tensor],
) -> Tensor:
    r"""Pair matrix of a head with a mixed second derivative that varies along the paths.

    .. math:: A = \sum_{p, p'} P_q(p)^\top\, \frac{\partial^2 \sigma}{\partial a\,\partial b}
              \bigl(h_q(p), h_r(p')\bigr)\, P_r(p')

    with :math:`P(p)` the weighted Jacobian at point p times the path.

    Args:
        similarity: The head.
        query: Embeddings at the points ``[P, D]`` and weighted factors ``[P, D, n]``.
        reference: The same of the reference.

    Returns:
        ``[n, m]``.
    """
    (h_q, p_q), (h_r, p_r) = query, reference
    if isinstance(similarity, RBFSimilarity) and type(similarity).forward is RBFSimilarity.forward:
        return _gaussian(similarity.gamma, (h_q, p_q), (h_r, p_r))
    out = p_q.new_zeros(p_q.size(-1), p_r.size(-1))
    width = h_q.size(1)
    rows = max(1, CHUNK // (len(h_r) * width * width))
    for first in range(0, len(h_q), rows):
        mixed = _mixed(similarity, h_q[first : first + rows], h_r)
        out = out + torch.einsum("pdi,pqde,qej->ij", p_q[first : first + rows], mixed, p_r)
    return out


def _mixed(similarity: Similarity, a: Tensor, b: Tensor) -> Tensor:
    """Mixed second derivatives ``[P, Q, D, D]`` at all pairs of points."""
    slope = torch.func.grad(lambda x, y: compare(similarity, x, y))
    pair = torch.func.jacrev(slope, argnums=1)
    return torch.vmap(torch.vmap(pair, in_dims=(None, 0)), in_dims=(0, None))(a, b)


def _gaussian(
    gamma: float, query: tuple[Tensor, Tensor], reference: tuple[Tensor, Tensor]
) -> Tensor:
    r"""The Gaussian's: :math:`s\,(2\gamma I - 4\gamma^2 d\,d^\top)`, :math:`d = a - b`."""
    (h_q, p_q), (h_r, p_r) = query, reference
    out = p_q.new_zeros(p_q.size(-1), p_r.size(-1))
    for a, left in zip(h_q, p_q, strict=True):
        d = a - h_r  # [Q, D]
        s = (-gamma * d.square().sum(-1)).exp()
        out = out + 2 * gamma * left.T @ torch.einsum("q,qdj->dj", s, p_r)
        along = torch.einsum("qd,qdj->qj", d, p_r)
        out = out - 4 * gamma**2 * (d @ left).T @ (s.unsqueeze(1) * along)
    return out
