r"""Heads that decrease with the distance of two embeddings: Euclidean and Gaussian."""

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import POSITIVE, real
from pyg_siamex.nn.similarity.base import Similarity
from pyg_siamex.nn.similarity.curvature import Points
from pyg_siamex.nn.similarity.form import ProductForm
from pyg_siamex.nn.similarity.metric import Distance, Metric


class EuclideanSimilarity(Similarity):
    r"""Negative squared distance :math:`s = -\lVert a - b\rVert^2`, at most 0."""

    broadcasts = curved = True

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return -(a - b).square().sum(-1)

    def product_form(self) -> ProductForm:
        r""":math:`2 a^\top b - a^\top a - b^\top b`."""
        return ProductForm(2.0, self_scale=-1.0)

    def order_metric(self) -> Metric:
        """The distance."""
        return Distance()


@checked
class RBFSimilarity(Similarity):
    r"""Gaussian kernel :math:`s = \exp(-\gamma\lVert a - b\rVert^2)`, in (0, 1].

    Args:
        gamma: Inverse squared width, above 0.
    """

    broadcasts = curved = True

    def __init__(self, gamma: float = 1.0) -> None:
        super().__init__()
        real("gamma", gamma, POSITIVE)
        self.gamma = gamma

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return (-self.gamma * (a - b).square().sum(-1)).exp()

    def product_form(self) -> ProductForm:
        r"""The logarithm, :math:`\gamma\,(2 a^\top b - a^\top a - b^\top b)`."""
        return ProductForm(2 * self.gamma, self_scale=-self.gamma, exact=False)

    def order_metric(self) -> Metric:
        """The distance."""
        return Distance()

    def mixed_products(self, query: Points, reference: Points) -> Tensor:
        r"""Closed form with :math:`s\,(2\gamma I - 4\gamma^2 d\,d^\top)`, :math:`d = a - b`."""
        (h_q, p_q), (h_r, p_r) = query, reference
        gamma = self.gamma
        out = p_q.new_zeros(p_q.size(-1), p_r.size(-1))
        for a, left in zip(h_q, p_q, strict=True):
            d = a - h_r  # [Q, D]
            s = (-gamma * d.square().sum(-1)).exp()
            out = out + 2 * gamma * left.T @ torch.einsum("q,qdj->dj", s, p_r)
            along = torch.einsum("qd,qdj->qj", d, p_r)
            out = out - 4 * gamma**2 * (d @ left).T @ (s.unsqueeze(1) * along)
        return out
