"""Nearest embeddings under a similarity head, by scikit-learn's neighbours if it has a metric.

Cosine, dot product, Euclidean and Gaussian heads have a metric, and so does a custom head that
defines ``order_metric``.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.similarity import Similarity, compare

_SCORED = 65536
"""Number of entries that a head compares at once."""

_DIGITS = 6
"""Number of significant digits to which similarities must agree to be ties."""


class Nearest(NamedTuple):
    """Entries by decreasing similarity, ties by position.

    Attributes:
        position: Position of each entry.
        similarity: Similarity of each entry to the query, from the head.
    """

    position: list[int]
    similarity: list[float]


class NeighbourIndex:
    """Find the entries that a head finds most similar to a query.

    Args:
        similarity: The head.
        embeddings: The entries, ``[N, D]``.
        estimator: Unfitted index of Euclidean distances with ``fit`` and ``kneighbors``. An
            approximate index may miss entries. A head without a metric (bilinear, MLP) scores all
            entries instead. Default: :class:`sklearn.neighbors.NearestNeighbors`.

    Raises:
        ValueError: If an estimator is given for a head without a metric.
    """

    def __init__(
        self, similarity: Similarity, embeddings: Tensor, estimator: Any | None = None
    ) -> None:
        self.similarity, self.embeddings = similarity, embeddings
        self._estimator = None
        self._metric = similarity.order_metric()
        if self._metric is not None:
            if estimator is None:
                from sklearn.neighbors import NearestNeighbors

                estimator = NearestNeighbors()
            points = self._metric.entries(embeddings.detach().cpu().double())
            self._estimator = estimator.fit(points.numpy())
        elif estimator is not None:
            raise ValueError(
                f"no metric orders entries as {type(similarity).__name__} does: leave the "
                f"neighbours' estimator out, and the head scores all entries"
            )

    def nearest(self, query: Tensor, k: int, exclude: Collection[int] = ()) -> Nearest:
        """The ``k`` entries of largest similarity to ``query``, ``[D]``.

        Args:
            query: Embedding.
            k: Number of entries, at least 1.
            exclude: Positions to leave out.

        Raises:
            ValueError: If there are fewer than ``k`` entries.
        """
        left_out, size = set(exclude), len(self.embeddings)
        available = size - len(left_out)
        if not 1 <= k <= available:
            raise ValueError(
                f"k={k}, and the library has {available} entries"
                + (" besides the query" if left_out else "")
                + f": k must be from 1 to {available}"
            )
        count = size if self._estimator is None else min(k + len(left_out) + 1, size)
        while True:
            found = self._candidates(query, count)
            scores = self._score(query, found)
            ranked = sorted(
                (-float(f"{score:.{_DIGITS}g}"), position, score)
                for position, score in zip(found.tolist(), scores.tolist(), strict=True)
                if position not in left_out
            )
            best = ranked[:k]
            if count == size or (len(best) == k and _beaten(float(scores.min()), best[-1][2])):
                return Nearest([item[1] for item in best], [item[2] for item in best])
            count = min(2 * count, size)  # entries not seen yet may tie with the last

    def _candidates(self, query: Tensor, count: int) -> Tensor:
        metric, size = self._metric, len(self.embeddings)
        if metric is None or self._estimator is None or count == size:
            return torch.arange(size)
        place = metric.queries(query.unsqueeze(0).detach().cpu().double()).numpy()
        found = self._estimator.kneighbors(place, n_neighbors=count, return_distance=False)
        return torch.from_numpy(np.asarray(found[0], dtype=np.int64))

    @torch.no_grad()
    def _score(self, query: Tensor, positions: Tensor) -> Tensor:
        device = device_of(self.similarity, query.device)
        one = query.to(device).unsqueeze(0)
        entries = self.embeddings.index_select(0, positions)
        parts = [
            compare(self.similarity, one, part.to(device)).cpu() for part in entries.split(_SCORED)
        ]
        return torch.cat(parts)


def _beaten(worst: float, last: float) -> bool:
    """Whether ``worst`` is below ``last`` by more than a tie and the index's rounding."""
    return worst < last - 10 ** (1 - _DIGITS) * abs(last)
