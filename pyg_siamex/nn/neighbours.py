r"""Nearest embeddings under a similarity head, by scikit-learn's neighbours where a metric is.

A metric is there for four heads. With :math:`\lVert a - b\rVert` for Euclidean and Gaussian heads,
larger similarity is smaller distance as it stands. For an inner product (cosine: of the normalised
embeddings) every entry gets one more coordinate (Bachrach et al., RecSys 2014),

.. math:: x' = (x, \sqrt{M^2 - \lVert x\rVert^2}), \qquad q' = (q, 0), \qquad
          \lVert q' - x'\rVert^2 = \lVert q\rVert^2 + M^2 - 2\, q^\top x ,

with M the largest norm, so that any index of Euclidean distances finds the largest products.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.nn.similarity import (
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    RBFSimilarity,
    Similarity,
    compare,
)

SCORED = 65536
"""Entries that a head compares at once."""

DIGITS = 6
"""Similarities that agree to so many significant digits are ties."""


class Nearest(NamedTuple):
    """Entries by falling similarity, ties by position.

    Attributes:
        position: Of each entry.
        similarity: The head's own.
    """

    position: list[int]
    similarity: list[float]


class NeighbourIndex:
    """Find the entries that a head finds most similar to a query.

    Args:
        similarity: The head.
        embeddings: The entries, ``[N, D]``.
        estimator: Unfitted index of Euclidean distances with ``fit`` and ``kneighbors``;
            :class:`sklearn.neighbors.NearestNeighbors` where not given. What an approximate one
            misses is not found. Other heads than the four above (bilinear, MLP, your own) have no
            metric: they score all entries.

    Raises:
        ValueError: If an estimator is given for a head without a metric.
    """

    def __init__(
        self, similarity: Similarity, embeddings: Tensor, estimator: Any | None = None
    ) -> None:
        self.similarity, self.embeddings = similarity, embeddings
        self._estimator = None
        if type(similarity) in (*INNER, *DISTANCE):
            if estimator is None:
                from sklearn.neighbors import NearestNeighbors

                estimator = NearestNeighbors()
            self._estimator = estimator.fit(_coordinates(similarity, embeddings))
        elif estimator is not None:
            raise ValueError(
                f"no metric orders entries as {type(similarity).__name__} does: leave the "
                f"neighbours' estimator out, and the head scores all entries"
            )

    def nearest(self, query: Tensor, k: int, exclude: Collection[int] = ()) -> Nearest:
        """The ``k`` entries of largest similarity to ``query``, ``[D]``.

        Args:
            query: Embedding.
            k: How many, at least 1.
            exclude: Positions that are no answer.

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
                (-float(f"{score:.{DIGITS}g}"), position, score)
                for position, score in zip(found.tolist(), scores.tolist(), strict=True)
                if position not in left_out
            )
            best = ranked[:k]
            if count == size or (len(best) == k and _beaten(float(scores.min()), best[-1][2])):
                return Nearest([item[1] for item in best], [item[2] for item in best])
            count = min(2 * count, size)  # entries not seen yet may tie with the last

    def _candidates(self, query: Tensor, count: int) -> Tensor:
        if self._estimator is None or count == len(self.embeddings):
            return torch.arange(len(self.embeddings))
        place = _place(self.similarity, query)
        found = self._estimator.kneighbors(place, n_neighbors=count, return_distance=False)
        return torch.from_numpy(np.asarray(found[0], dtype=np.int64))

    @torch.no_grad()
    def _score(self, query: Tensor, positions: Tensor) -> Tensor:
        device = next((p.device for p in self.similarity.parameters()), query.device)
        one = query.to(device).unsqueeze(0)
        entries = self.embeddings.index_select(0, positions)
        parts = [
            compare(self.similarity, one, part.to(device)).cpu() for part in entries.split(SCORED)
        ]
        return torch.cat(parts)


INNER = (CosineSimilarity, DotSimilarity)
DISTANCE = (EuclideanSimilarity, RBFSimilarity)


def _coordinates(similarity: Similarity, embeddings: Tensor) -> np.ndarray:
    """Entries as points of a Euclidean space."""
    entries = _normalised(similarity, embeddings)
    if isinstance(similarity, INNER):
        squares = entries.square().sum(1, keepdim=True)
        entries = torch.cat([entries, (squares.max() - squares).clamp_min(0).sqrt()], dim=1)
    return entries.numpy()


def _place(similarity: Similarity, query: Tensor) -> np.ndarray:
    """A query as a point of the same space, ``[1, ...]``."""
    point = _normalised(similarity, query.unsqueeze(0))
    if isinstance(similarity, INNER):
        point = torch.cat([point, point.new_zeros(1, 1)], dim=1)
    return point.numpy()


def _normalised(similarity: Similarity, embeddings: Tensor) -> Tensor:
    values = embeddings.detach().cpu().double()
    return similarity.normalise(values) if isinstance(similarity, CosineSimilarity) else values


def _beaten(worst: float, last: float) -> bool:
    """Whether ``worst`` is below ``last`` by more than a tie and the index's rounding."""
    return worst < last - 10 ** (1 - DIGITS) * abs(last)
