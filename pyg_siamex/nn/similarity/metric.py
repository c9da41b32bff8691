r"""Metrics that order pairs of embeddings as a head does, for neighbours and metric losses."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor

from pyg_siamex._extras import needed_for

if TYPE_CHECKING:
    from pytorch_metric_learning.distances import BaseDistance


class Metric(ABC):
    """A metric of embeddings: the smaller the distance, the larger the head's similarity.

    Attributes:
        by_product: Whether the largest product of :meth:`vectors` orders entries, and not the
            smallest distance.
    """

    by_product: ClassVar[bool] = False

    def vectors(self, embeddings: Tensor) -> Tensor:
        """Entries or queries ``[N, D]`` as vectors ``[N, D]`` to multiply, or to subtract."""
        return embeddings

    @abstractmethod
    def entries(self, embeddings: Tensor) -> Tensor:
        """Entries ``[N, D]`` as points of a Euclidean space, ``[N, D']``."""

    @abstractmethod
    def queries(self, embeddings: Tensor) -> Tensor:
        """Queries ``[Q, D]`` as points of the same space, ``[Q, D']``."""

    @abstractmethod
    def distance(self) -> "BaseDistance":
        """The distance of `pytorch-metric-learning` that orders pairs alike."""


class Distance(Metric):
    r"""The Euclidean distance :math:`\lVert a - b\rVert`."""

    def entries(self, embeddings: Tensor) -> Tensor:
        """The embeddings themselves."""
        return embeddings

    def queries(self, embeddings: Tensor) -> Tensor:
        """The embeddings themselves."""
        return embeddings

    def distance(self) -> "BaseDistance":
        """Euclidean distance."""
        with needed_for("a metric loss"):
            from pytorch_metric_learning import distances

        return distances.LpDistance(normalize_embeddings=False)


class InnerProduct(Metric):
    r"""The inner product as a distance with one more coordinate (Bachrach et al., RecSys 2014).

    .. math:: x' = (x, \sqrt{M^2 - \lVert x\rVert^2}), \qquad q' = (q, 0), \qquad
              \lVert q' - x'\rVert^2 = \lVert q\rVert^2 + M^2 - 2\, q^\top x ,

    with M the largest norm of an entry. The nearest entries then have the largest products.
    """

    by_product = True

    def entries(self, embeddings: Tensor) -> Tensor:
        """Entries with the coordinate that completes their norm to the largest."""
        squares = embeddings.square().sum(1, keepdim=True)
        rest = (squares.max() - squares).clamp_min(0).sqrt()
        return torch.cat([embeddings, rest], dim=1)

    def queries(self, embeddings: Tensor) -> Tensor:
        """Queries with a last coordinate of 0."""
        return torch.cat([embeddings, embeddings.new_zeros(len(embeddings), 1)], dim=1)

    def distance(self) -> "BaseDistance":
        """Dot product."""
        with needed_for("a metric loss"):
            from pytorch_metric_learning import distances

        return distances.DotProductSimilarity(normalize_embeddings=False)


class Angle(InnerProduct):
    """The inner product of normalised embeddings.

    Args:
        normalise: Divides embeddings ``[N, D]`` by their norms.
    """

    def __init__(self, normalise: Callable[[Tensor], Tensor]) -> None:
        self.normalise = normalise

    def vectors(self, embeddings: Tensor) -> Tensor:
        """Normalised embeddings."""
        return self.normalise(embeddings)

    def entries(self, embeddings: Tensor) -> Tensor:
        """Normalised entries with the coordinate that completes their norm to the largest."""
        return super().entries(self.normalise(embeddings))

    def queries(self, embeddings: Tensor) -> Tensor:
        """Normalised queries with a last coordinate of 0."""
        return super().queries(self.normalise(embeddings))

    def distance(self) -> "BaseDistance":
        """Cosine."""
        with needed_for("a metric loss"):
            from pytorch_metric_learning import distances

        return distances.CosineSimilarity()
