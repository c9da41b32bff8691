"""Entries that may be near a query, by libraries that find them without scoring all."""

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._called import called
from pyg_siamex.nn.similarity.metric import Metric


class Candidates(Protocol):
    """Finds entries by a metric, nearest first.

    Attributes:
        exact: Whether no entry that is not found is nearer than one that is, but for rounding.
    """

    exact: bool

    def nearest(self, query: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Positions of entries and how close they are, each ``[count]``, closest first.

        An approximate index may find fewer.

        Args:
            query: Embedding ``[D]``.
            count: Number of entries.
        """

    def rounding(self, query: Tensor, closeness: Tensor) -> Tensor:
        """How far the closeness of an entry may be from the exact one, ``[count]``.

        Args:
            query: Embedding ``[D]``.
            closeness: As :meth:`nearest` returns it.
        """


class Euclidean:
    """By an index of Euclidean distances, in double precision.

    Args:
        metric: Makes points of embeddings.
        embeddings: The entries, ``[N, D]``.
        estimator: Unfitted, with ``fit`` and ``kneighbors`` as scikit-learn's.
    """

    exact = True

    def __init__(self, metric: Metric, embeddings: Tensor, estimator: Any) -> None:
        self._metric = metric
        points = metric.entries(embeddings.detach().cpu().double())
        self._estimator = called("estimator", estimator.fit, as_array(points))

    def nearest(self, query: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Positions and negative distances; see :class:`Candidates`."""
        place = as_array(self._metric.queries(query.unsqueeze(0).detach().cpu().double()))
        nearest: Any = called("estimator", lambda: self._estimator.kneighbors(place, count))
        distances, found = called("estimator", lambda: [np.asarray(one, float) for one in nearest])
        return torch.from_numpy(np.asarray(found[0], dtype=np.int64)), -torch.from_numpy(
            np.asarray(distances[0], dtype=np.float64)
        )

    def rounding(self, query: Tensor, closeness: Tensor) -> Tensor:
        """Nothing beside the rounding of the scores."""
        return torch.zeros_like(closeness)
