"""Entries that may be near a query, by libraries that find them without scoring all."""

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._called import called
from pyg_siamex.nn.similarity.metric import Metric

_ROWS = 2
"""Distances and positions."""

_COMPARED = 64
"""Entries of the first query whose order is compared with their distances."""

_ROUNDED = 1e-3
"""Share of the lengths by which an index in single precision may be off."""


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
        self._points = as_array(metric.entries(embeddings.detach().cpu().double()))
        self._estimator = called("estimator", estimator.fit, self._points)
        self._compared = False

    def nearest(self, query: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Positions and negative distances; see :class:`Candidates`.

        Raises:
            ValueError: If the estimator finds what is no entry, or orders entries by another
                distance than the Euclidean one.
        """
        place = as_array(self._metric.queries(query.unsqueeze(0).detach().cpu().double()))
        if not self._compared:
            self._found(place, min(_COMPARED, len(self._points)))
            self._compared = True
        distances, found = self._found(place, count)
        return torch.from_numpy(found), -torch.from_numpy(distances)

    def _found(self, place: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        nearest: Any = called("estimator", lambda: self._estimator.kneighbors(place, count))
        rows = called("estimator", lambda: [np.asarray(one, float)[0] for one in nearest])
        if len(rows) != _ROWS or rows[0].shape != rows[1].shape or rows[0].ndim != 1:
            raise ValueError(
                f"`estimator`: kneighbors must return distances and positions, [1, {count}] each"
            )
        distances, found = rows[0], rows[1].astype(np.int64)
        if (found >= len(self._points)).any():
            raise ValueError(
                f"`estimator` found entry {found.max()}, and there are {len(self._points)}, from 0"
            )
        self._check_order(place, found[found >= 0])
        return distances, found

    def _check_order(self, place: np.ndarray, found: np.ndarray) -> None:
        """Refuse entries that are not in the order of their distances."""
        away = np.linalg.norm(self._points[found] - place, axis=1)
        allowed = _ROUNDED * (np.linalg.norm(place) + away.max(initial=0.0))
        if (np.maximum.accumulate(away) - away > allowed).any():
            raise ValueError(
                "`estimator` does not order entries by their Euclidean distance: give an index of "
                "Euclidean distances, such as NearestNeighbors() with its own metric"
            )

    def rounding(self, query: Tensor, closeness: Tensor) -> Tensor:
        """Nothing beside the rounding of the scores."""
        return torch.zeros_like(closeness)
