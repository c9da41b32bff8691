"""Nearest embeddings under a similarity head, by an index if the head has a metric.

Cosine, dot product, Euclidean and Gaussian heads have a metric, and so does a custom head that
defines ``order_metric``.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex.data.positions import place_set
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.finite import check_similarities
from pyg_siamex.nn.neighbours.candidates import Candidates, Euclidean
from pyg_siamex.nn.neighbours.entries import check_entries
from pyg_siamex.nn.neighbours.flat import Flat, faiss_there
from pyg_siamex.nn.neighbours.hnsw import HNSWIndex
from pyg_siamex.nn.similarity import Similarity, compare
from pyg_siamex.nn.similarity.each_row import check_each_row

_SCORED = 65536
"""Number of entries that a head compares at once."""

_TRIED = 1024
"""Entries of which some are compared in a batch and alone."""

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


@checked
class NeighbourIndex:
    """Find the entries that a head finds most similar to a query.

    Candidates come from an index and are compared by the head itself, so an exact index gives what
    scoring all entries gives, ties included.

    Args:
        similarity: The head.
        embeddings: The entries, ``[N, D]``.
        estimator: Where candidates come from: an :class:`HNSWIndex` of the entries, which is
            approximate, or an unfitted index of Euclidean distances with ``fit`` and
            ``kneighbors``. A head without a metric (bilinear, MLP) scores all entries instead.
            Default: FAISS's exact index if it is installed, else
            :class:`sklearn.neighbors.NearestNeighbors`.

    Raises:
        ValueError: If an estimator is given for a head without a metric, or an
            :class:`HNSWIndex` is of other entries.
    """

    def __init__(
        self, similarity: Similarity, embeddings: Tensor, estimator: Any | None = None
    ) -> None:
        check_entries(embeddings)
        self.similarity = similarity
        self.embeddings = embeddings
        self._candidates = self._source(estimator)
        self._compared = False

    def _source(self, estimator: Any | None) -> Candidates | None:
        metric = self.similarity.order_metric()
        if metric is None:
            if estimator is not None:
                raise ValueError(
                    f"no metric orders entries as {type(self.similarity).__name__} does: leave the "
                    f"neighbours' estimator out, and the head scores all entries"
                )
            return None
        if isinstance(estimator, HNSWIndex):
            return estimator.of(metric, self.embeddings)
        if estimator is not None:
            if isinstance(estimator, type):
                raise TypeError(
                    f"`estimator` is the class {estimator.__name__}: give an instance, "
                    f"{estimator.__name__}()"
                )
            if not all(hasattr(estimator, name) for name in ("fit", "kneighbors")):
                raise TypeError(
                    f"`estimator` needs fit and kneighbors, as scikit-learn's NearestNeighbors has "
                    f"(got {shown(estimator)})"
                )
            return Euclidean(metric, self.embeddings, estimator)
        if faiss_there():
            return Flat(metric, self.embeddings)
        from sklearn.neighbors import NearestNeighbors

        return Euclidean(metric, self.embeddings, NearestNeighbors())

    @checked
    def nearest(self, query: Tensor, k: int, exclude: Collection[int] = ()) -> Nearest:
        """The ``k`` entries of largest similarity to ``query``, ``[D]``.

        Args:
            query: Embedding.
            k: Number of entries, at least 1.
            exclude: Positions to leave out.

        Raises:
            IndexError: If a position is out of range.
            ValueError: If there are fewer than ``k`` entries, all are left out, or the query has a
                NaN or infinite value, or the head gives one or mixes the rows that it compares.
        """
        self.check_query(query)
        left_out, size = place_set(exclude), len(self.embeddings)
        outside = [one for one in left_out if not 0 <= one < size]
        if outside:
            raise IndexError(f"exclude has {outside[0]}, and the library has {size} entries")
        available = size - len(left_out)
        if available < 1:
            raise ValueError(
                f"the library has no entry besides the {len(left_out)} left out, the query among "
                f"them: nothing can be found in it, so add others"
            )
        if not 1 <= k <= available:
            raise ValueError(
                f"k={k}, and the library has {available} entries"
                + (" besides the query" if left_out else "")
                + f": k must be from 1 to {available}"
            )
        self._check_head(query)
        source, seen = self._candidates, k + len(left_out) + 1
        while True:
            if source is None or seen >= size:
                found = torch.arange(size)
                return self._ranked(query, found, left_out).best(k)
            found, close = source.nearest(query, seen)
            found, close = found[found >= 0], close[found >= 0]
            ranked = self._ranked(query, found, left_out)
            if ranked.complete(k, close, source.rounding(query, close)) or (
                not source.exact and len(ranked.entries) >= k
            ):
                return ranked.best(k)
            seen = min(2 * seen, size)  # entries not seen yet may tie with the last

    def check_query(self, query: Tensor) -> None:
        """Refuse what is not an embedding like those of the entries.

        Args:
            query: Embedding.

        Raises:
            ValueError: If it has another width or is not of floats, or is not finite.
        """
        if query.shape != self.embeddings.shape[1:] or not query.is_floating_point():
            raise ValueError(
                f"query must be an embedding, {list(self.embeddings.shape[1:])} of floats (got "
                f"{list(query.shape)} of {query.dtype})"
            )
        if not query.isfinite().all():
            raise ValueError("query has NaN or infinite values, which are near to nothing")

    def _ranked(self, query: Tensor, found: Tensor, left_out: set[int]) -> "_Ranked":
        scores = self._score(query, found)
        rows = enumerate(zip(found.tolist(), scores.tolist(), strict=True))
        entries = sorted(
            (-float(f"{score:.{_DIGITS}g}"), position, score, row)
            for row, (position, score) in rows
            if position not in left_out
        )
        return _Ranked(entries, float(scores.min()) if len(scores) else float("-inf"))

    def _check_head(self, query: Tensor) -> None:
        """Compare a batch of pairs with each of them alone, at the first query."""
        if not self._compared:
            device = device_of(self.similarity, query.device)
            some = torch.cat([query.to(self.embeddings).unsqueeze(0), self.embeddings[:_TRIED]])
            with evaluating(self.similarity):
                check_each_row(self.similarity, some.to(device))
            self._compared = True

    @torch.no_grad()
    def _score(self, query: Tensor, positions: Tensor) -> Tensor:
        device = device_of(self.similarity, query.device)
        one = query.to(device).unsqueeze(0)
        entries = self.embeddings.index_select(0, positions)
        with evaluating(self.similarity):
            parts = [
                compare(self.similarity, one, part.to(device)).cpu()
                for part in entries.split(_SCORED)
            ]
        scores = torch.cat(parts)
        check_similarities(scores, naming=lambda k: f"the query and entry {int(positions[k])}")
        return scores


class _Ranked(NamedTuple):
    """Candidates by decreasing similarity.

    Attributes:
        entries: Negative similarity to six digits, position, similarity, and row of each.
        worst: The smallest similarity, of those left out too.
    """

    entries: list[tuple[float, int, float, int]]
    worst: float

    def best(self, k: int) -> Nearest:
        """The first ``k``."""
        return Nearest([one[1] for one in self.entries[:k]], [one[2] for one in self.entries[:k]])

    def complete(self, k: int, close: Tensor, rounding: Tensor) -> bool:
        """Whether no entry that was not found can be among the first ``k``, or tie with the last.

        Args:
            k: Number of entries.
            close: How close each candidate is by its index, closest first.
            rounding: How far that may be wrong.
        """
        if len(self.entries) < k:
            return False
        last, rows = self.entries[k - 1][2], [one[3] for one in self.entries[:k]]
        if not self.worst < last - 10 ** (1 - _DIGITS) * abs(last):
            return False
        surely = (close - rounding)[rows].min()
        return bool(close[-1] + rounding[-1] < surely)
