"""All entries compared with the query in single precision, by FAISS."""

from functools import cached_property
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from pyg_siamex._extras import needed_for
from pyg_siamex.nn.similarity.metric import Metric

_PART = 65_536
"""Entries that are added at once."""

_RELATIVE = 1e-5
"""Rounding of a sum of some thousand products in single precision."""


def faiss_there() -> bool:
    """Whether FAISS is installed; it is not imported."""
    try:
        return find_spec("faiss") is not None
    except ModuleNotFoundError:
        return False


def faiss() -> Any:
    """FAISS.

    Raises:
        MissingExtraError: If it is not installed.
    """
    with needed_for("an index of many embeddings"):
        import faiss as module
    return module


class Flat:
    """FAISS's exact index: products, or distances, of the query and every entry.

    Args:
        metric: Says which vectors are compared, and how.
        embeddings: The entries, ``[N, D]``.
    """

    exact = True

    def __init__(self, metric: Metric, embeddings: Tensor) -> None:
        self._metric = metric
        kind = faiss().IndexFlatIP if metric.by_product else faiss().IndexFlatL2
        self._index = kind(embeddings.size(1))
        for part in embeddings.split(_PART):
            self._index.add(single(metric, part).numpy())

    def nearest(self, query: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Positions and products, or negative squared distances."""
        found, at = self._index.search(single(self._metric, query.unsqueeze(0)).numpy(), count)
        sign = 1 if self._metric.by_product else -1
        return torch.from_numpy(at[0]), sign * torch.from_numpy(found[0]).double()

    def rounding(self, query: Tensor, closeness: Tensor) -> Tensor:
        """Relative to the distance; for products, to that of the norms."""
        if not self._metric.by_product:
            return _RELATIVE * closeness.abs()
        norm = float(single(self._metric, query.unsqueeze(0)).norm())
        return torch.full_like(closeness, _RELATIVE * norm * self._largest)

    @cached_property
    def _largest(self) -> float:
        """The largest norm of an entry."""
        rows = faiss().rev_swig_ptr(self._index.get_xb(), self._index.ntotal * self._index.d)
        every = torch.from_numpy(rows).view(-1, self._index.d)
        return max(float(part.norm(dim=1).max()) for part in every.split(_PART))


def single(metric: Metric, embeddings: Tensor) -> Tensor:
    """The vectors that are compared, ``[N, D]`` in single precision on the CPU.

    Args:
        metric: The metric.
        embeddings: Embeddings of entries or queries, ``[N, D]``.
    """
    vectors = metric.vectors(embeddings.detach().cpu().double())
    return torch.nan_to_num(vectors.float()).contiguous()
