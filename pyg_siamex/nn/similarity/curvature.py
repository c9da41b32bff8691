r"""Mixed second derivatives of a function of two embeddings, by automatic differentiation."""

from collections.abc import Callable

import torch
from torch import Tensor

_CHUNK = 4_000_000
"""Number of mixed derivatives held at once."""

Points = tuple[Tensor, Tensor]
"""Embeddings ``[P, D]`` at points of a path, and factors ``[P, D, n]`` there."""


def summed_curvature(
    function: Callable[[Tensor, Tensor], Tensor], query: Points, reference: Points
) -> Tensor:
    r"""Factors around the mixed second derivative, summed over all pairs of points.

    .. math:: A = \sum_{p, p'} P_q(p)^\top\, \frac{\partial^2 \sigma}{\partial a\,\partial b}
              \bigl(h_q(p), h_r(p')\bigr)\, P_r(p')

    Args:
        function: :math:`\sigma`, from ``[D]`` and ``[D]`` to a number.
        query: Embeddings :math:`h_q`, ``[P, D]``, and factors :math:`P_q`, ``[P, D, n]``.
        reference: The same for the reference, ``[P', D]`` and ``[P', D, m]``.

    Returns:
        ``[n, m]``.
    """
    (h_q, p_q), (h_r, p_r) = query, reference
    out = p_q.new_zeros(p_q.size(-1), p_r.size(-1))
    width = h_q.size(1)
    rows = max(1, _CHUNK // (len(h_r) * width * width))
    for first in range(0, len(h_q), rows):
        mixed = _mixed(function, h_q[first : first + rows], h_r)
        out = out + torch.einsum("pdi,pqde,qej->ij", p_q[first : first + rows], mixed, p_r)
    return out


def _mixed(function: Callable[[Tensor, Tensor], Tensor], a: Tensor, b: Tensor) -> Tensor:
    """Mixed second derivatives ``[P, Q, D, D]`` at all pairs of points."""
    slope = torch.func.grad(function)
    pair = torch.func.jacrev(slope, argnums=1)
    pairwise: Tensor = torch.vmap(torch.vmap(pair, in_dims=(None, 0)), in_dims=(0, None))(a, b)
    return pairwise
