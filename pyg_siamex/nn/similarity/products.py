r"""Heads that are products of two embeddings: dot product, cosine, bilinear form."""

import torch
from torch import Tensor, nn

from pyg_siamex._door import checked
from pyg_siamex._numbers import POSITIVE, real, whole
from pyg_siamex.nn.similarity.base import Similarity
from pyg_siamex.nn.similarity.form import ProductForm
from pyg_siamex.nn.similarity.metric import Angle, InnerProduct, Metric


class DotSimilarity(Similarity):
    r"""Dot product :math:`s = a^\top b`, unbounded."""

    broadcasts = curved = True

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return (a * b).sum(-1)

    def product_form(self) -> ProductForm:
        r""":math:`a^\top b`."""
        return ProductForm()

    def order_metric(self) -> Metric:
        """The inner product."""
        return InnerProduct()


@checked
class CosineSimilarity(Similarity):
    r"""Cosine :math:`s = a^\top b / (\lVert a\rVert\,\lVert b\rVert)`, in [-1, 1].

    Args:
        eps: Lower bound of each norm, above 0; it gives a zero embedding the similarity 0
            instead of NaN.
    """

    broadcasts = curved = True

    def __init__(self, eps: float = 1e-8) -> None:
        super().__init__()
        self.eps: float = real("eps", eps, POSITIVE)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return (self.normalise(a) * self.normalise(b)).sum(-1)

    def normalise(self, a: Tensor) -> Tensor:
        """Divide ``a``, ``[..., D]``, by its norm."""
        return a / self._norm(a).unsqueeze(-1)

    def product_form(self) -> ProductForm:
        r""":math:`a^\top b / (|a||b|)` with the norms held constant."""
        return ProductForm(norm=self._norm)

    def order_metric(self) -> Metric:
        """The inner product of normalised embeddings."""
        return Angle(self.normalise)

    def _norm(self, a: Tensor) -> Tensor:
        norm: Tensor = a.norm(dim=-1)
        # Where squares overflow, NaN: a quotient by infinity would be a similarity of 0.
        return (norm + (norm - norm)).clamp_min(self.eps)


_MOST_CHANNELS = 30_000
"""Channels whose square of weights takes 3.6 GB."""


@checked
class BilinearSimilarity(Similarity):
    r"""Learned symmetric form :math:`s = a^\top W b` with :math:`W = (V + V^\top) / 2`.

    Starts as the dot product scaled by 1/D.

    Args:
        channels: Size D of the embeddings.
    """

    broadcasts = curved = True
    sized = True

    def __init__(self, channels: int) -> None:
        super().__init__()
        whole("channels", channels, most=_MOST_CHANNELS, why="it has a square of weights")
        self.weight: nn.Parameter = nn.Parameter(torch.eye(channels) / channels)

    @property
    def channels(self) -> int:
        """Size D of the embeddings."""
        return len(self.weight)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return ((a @ self.symmetric_weight()) * b).sum(-1)

    def symmetric_weight(self) -> Tensor:
        """The matrix W, ``[D, D]``."""
        return (self.weight + self.weight.T) / 2

    def product_form(self) -> ProductForm:
        r""":math:`a^\top W b`."""
        return ProductForm(metric=self.symmetric_weight().detach())
