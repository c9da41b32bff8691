"""An approximate index that is built once, kept in a file, and follows its library."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, whole
from pyg_siamex.data.plain_json import from_json
from pyg_siamex.data.sealed_file import SealedFileError, SealedFormat
from pyg_siamex.nn.neighbours.entries import check_entries
from pyg_siamex.nn.neighbours.flat import Flat, faiss, single
from pyg_siamex.nn.neighbours.hnsw_content import check_content
from pyg_siamex.nn.neighbours.row_keys import RowKeys, row_keys
from pyg_siamex.nn.similarity import Similarity
from pyg_siamex.nn.similarity.metric import Metric

_FORMAT = SealedFormat("neighbour index", version=1, again="build it again", sealed_since=1)

_MOST_LINKS, _MOST_SEEN = 2048, 1_000_000

_PART = 65_536
"""Entries that are added at once."""


@checked
class HNSWIndex:
    """FAISS's graph of near entries (Malkov and Yashunin, arXiv 1603.09320).

    It knows entries by the content of their embeddings. :meth:`update` adds the new ones of a
    library that has changed, and entries that are gone are never found.

    Args:
        similarity: The head, which must have a metric.
        embeddings: The entries, ``[N, D]``.
        links: Links of an entry; more find more and take more memory.
        breadth: Entries that are looked at for each entry that is added.
        search_breadth: Entries that are looked at for a query, at least.

    Attributes:
        recall: Share of the ten nearest that it finds, once :meth:`measure` was called.

    Raises:
        MissingExtraError: If FAISS is not installed.
        ValueError: If the head has no metric, or a number is out of range.

    Example:
        >>> library = Library.embed(model, graphs)
        >>> index = HNSWIndex(model.similarity, library.embeddings)
        >>> index.measure(library.embeddings)
        1.0
        >>> library.nearest(query, 1, estimator=index).position
        [0]
    """

    _unseen: np.ndarray | None = None
    """Vectors of a file, until they are compared with embeddings."""

    _source: str | None = None

    def __init__(
        self,
        similarity: Similarity,
        embeddings: Tensor,
        links: int = 32,
        breadth: int = 80,
        search_breadth: int = 128,
    ) -> None:
        check_entries(embeddings)
        whole("links", links, 2, _MOST_LINKS, "every entry keeps that many numbers")
        for name, value in (("breadth", breadth), ("search_breadth", search_breadth)):
            whole(name, value, most=_MOST_SEEN, why="all of them are compared with an entry")
        metric = _metric(similarity)
        kind = faiss().METRIC_INNER_PRODUCT if metric.by_product else faiss().METRIC_L2
        self._graph = faiss().IndexHNSWFlat(embeddings.size(1), links, kind)
        self._graph.hnsw.efConstruction = breadth
        self._metric = metric
        self.search_breadth = search_breadth
        self.recall: float | None = None
        self._keys = RowKeys.none()
        self.update(embeddings)

    def __len__(self) -> int:
        """Number of entries, with those that are gone."""
        return int(self._graph.ntotal)

    @checked
    def update(self, embeddings: Tensor) -> int:
        """Add the entries that are new.

        Args:
            embeddings: All entries of the library as it is now, ``[N, D]``.

        Returns:
            How many were added.
        """
        check_entries(embeddings, self._graph.d)
        keys = row_keys(embeddings)
        new = self._keys.missing(keys)
        for rows in new.split(_PART):
            self._graph.add(single(self._metric, embeddings[rows]).numpy())
        self._keys = self._keys.with_more(keys, new)
        if len(new):
            self.recall = None
        return len(new)

    def of(self, metric: Metric, embeddings: Tensor) -> "HNSWCandidates":
        """The entries of a library by this index.

        Args:
            metric: The head's metric.
            embeddings: The entries, ``[N, D]``.

        Raises:
            ValueError: If an entry is not in the index.
        """
        if type(metric) is not type(self._metric):
            where = "" if self._source is None else f" of {self._source}"
            raise ValueError(f"the index{where} orders entries by another head: build it again")
        keys = row_keys(embeddings)
        missing = self._keys.missing(keys)
        if len(missing):
            where = "" if self._source is None else f" of {self._source}"
            raise ValueError(
                f"the index{where} lacks {len(missing):,} of {len(keys):,} entries, the first at "
                f"position {int(missing[0])}: call index.update(library.embeddings)"
            )
        places = self._keys.places(keys)
        self._check_vectors(metric, embeddings, places)
        return HNSWCandidates(self._graph, metric, places, self.search_breadth)

    @checked
    def measure(self, embeddings: Tensor, queries: int = 200, k: int = 10, seed: int = 0) -> float:
        """Share of the ``k`` nearest that it finds for entries drawn at random.

        Args:
            embeddings: The entries, ``[N, D]``.
            queries: Number of entries to draw.
            k: Number of neighbours.
            seed: Seed of the draw.

        Raises:
            ValueError: If there are no entries, they are of another width or not finite, or a
                number is below 1.
        """
        check_entries(embeddings, self._graph.d)
        whole("`queries`", queries)
        whole("`k`", k)
        if not len(embeddings):
            raise ValueError("there are no embeddings: give those of the index, or some of them")
        draw = torch.Generator().manual_seed(seed)
        chosen = torch.randperm(len(embeddings), generator=draw)[:queries]
        exact, own = Flat(self._metric, embeddings), self.of(self._metric, embeddings)
        count = min(k, len(embeddings))
        hits = sum(
            len(
                set(exact.nearest(embeddings[row], count)[0].tolist())
                & set(own.nearest(embeddings[row], count)[0].tolist())
            )
            for row in chosen.tolist()
        )
        self.recall = hits / (count * len(chosen))
        return self.recall

    @checked
    def save(self, path: str | Path) -> None:
        """Write the index to a file, whole or not at all.

        Args:
            path: The file.
        """
        graph = torch.from_numpy(faiss().serialize_index(self._graph))
        words = {
            "metric": type(self._metric).__name__,
            "search_breadth": str(self.search_breadth),
            "recall": "" if self.recall is None else repr(self.recall),
        }
        _FORMAT.write(path, {"graph": graph, "keys": self._keys.keys}, words)

    @classmethod
    @checked
    def load(cls, path: str | Path, similarity: Similarity) -> "HNSWIndex":
        """Read a file of :meth:`save`.

        Args:
            path: The file.
            similarity: The head.

        Raises:
            FileNotFoundError: If the file does not exist.
            MissingExtraError: If FAISS is not installed.
            ValueError: If it holds no index, has changed since it was written, or is of another
                kind of head.
        """
        index = cls.__new__(cls)
        index._metric = _metric(similarity)
        with _FORMAT.opened(path) as sealed:
            metric = sealed.header["metric"]
            if not metric.isidentifier() or len(metric) > _LONGEST:
                raise ValueError("its metric is no name")
            if metric != type(index._metric).__name__:
                raise SealedFileError(
                    f"{path} is of another head than {type(similarity).__name__}, and orders "
                    f"entries differently: give the head that it was built with, or build it again"
                )
            tensors = sealed.tensors()
            graph = tensors["graph"]
            if graph.dtype != torch.uint8 or graph.dim() != 1:
                raise ValueError(f"its graph is {list(graph.shape)} of {graph.dtype}")
            index._unseen = check_content(graph.numpy().data, index._metric.by_product)
            index._graph = faiss().deserialize_index(graph.numpy())
            index._keys = RowKeys.of(tensors["keys"])
            index.search_breadth = whole(
                "search_breadth", from_json(sealed.header["search_breadth"], int), 1
            )
            recall = sealed.header["recall"]
            index.recall = real("recall", from_json(recall, float), "[0, 1]") if recall else None
            if len(index._keys.keys) != index._graph.ntotal:
                raise ValueError(f"it has {index._graph.ntotal} entries and other keys")
            index._source = str(path)
        return index

    def _check_vectors(self, metric: Metric, embeddings: Tensor, places: Tensor) -> None:
        """Refuse vectors of a file that are not those of the embeddings that its keys name."""
        if self._unseen is None:
            return
        there = (places[: len(self._unseen)] >= 0).nonzero().flatten()
        for part in there.split(_PART):
            own, stored = single(metric, embeddings[places[part]]), self._unseen[part.numpy()]
            if own.shape != stored.shape or not np.allclose(own.numpy(), stored, 1e-4, 1e-6):
                raise ValueError(
                    f"{self._source} is damaged: its vectors are not those of its entries. "
                    f"Build it again"
                )
        self._unseen = None


class HNSWCandidates:
    """Entries of a library by an index that may hold others too.

    Args:
        graph: FAISS's index.
        metric: The head's metric.
        places: Position in the library of each entry of the index, -1 for entries that are gone.
        breadth: Entries that are looked at for a query, at least.
    """

    exact = False

    def __init__(self, graph: Any, metric: Metric, places: Tensor, breadth: int) -> None:
        self._graph, self._metric, self._places, self._breadth = graph, metric, places, breadth
        self._selector = None
        if bool((places < 0).any()):
            bits = np.packbits((places >= 0).numpy(), bitorder="little")
            self._bits = bits  # FAISS keeps a pointer
            self._selector = faiss().IDSelectorBitmap(bits)

    def nearest(self, query: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Positions in the library and products, or negative squared distances."""
        breadth = min(max(self._breadth, 2 * count), max(1, self._graph.ntotal))
        how = faiss().SearchParametersHNSW(efSearch=breadth, sel=self._selector)
        vector = single(self._metric, query.unsqueeze(0)).numpy()
        found, at = self._graph.search(vector, min(count, self._graph.ntotal), params=how)
        at, found = torch.from_numpy(at[0]), torch.from_numpy(found[0]).double()
        found, at = found[at >= 0], at[at >= 0]
        return self._places[at], found if self._metric.by_product else -found

    def rounding(self, query: Tensor, closeness: Tensor) -> Tensor:
        """Not known: entries may be missing."""
        return torch.full_like(closeness, float("inf"))


_LONGEST = 100
"""Most characters of the name of a metric."""


def _metric(similarity: Similarity) -> Metric:
    metric = similarity.order_metric()
    if metric is None:
        raise ValueError(
            f"no metric orders entries as {type(similarity).__name__} does: without an index the "
            f"head scores all entries"
        )
    return metric
