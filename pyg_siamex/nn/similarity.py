r"""Similarity heads: what a Siamese network does with its two embeddings.

Each head maps embeddings ``a`` and ``b`` of shape ``[..., D]``, broadcast against each other, to
similarities ``[...]``: ``[B, D], [B, D] -> [B]`` for pairs, ``[B, 1, D], [1, C, D] -> [B, C]`` for
all pairs of two batches. The heads of this module are symmetric in their arguments.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.resolver import resolver


class Similarity(nn.Module, ABC):
    """Base class of all heads: a function of two embeddings."""

    @abstractmethod
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare embeddings ``a`` and ``b``, ``[..., D]`` each, and return ``[...]``."""


class DotSimilarity(Similarity):
    r"""Dot product :math:`s = a^\top b`, unbounded."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return (a * b).sum(-1)


class CosineSimilarity(Similarity):
    r"""Cosine :math:`s = a^\top b / (\lVert a\rVert\,\lVert b\rVert)`, in [-1, 1].

    Args:
        eps: Lower bound of each norm, so that a zero embedding has similarity 0 and not NaN.
    """

    def __init__(self, eps: float = 1e-8) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return (self.normalise(a) * self.normalise(b)).sum(-1)

    def normalise(self, a: Tensor) -> Tensor:
        """Divide ``a``, ``[..., D]``, by its norm."""
        return a / a.norm(dim=-1, keepdim=True).clamp_min(self.eps)


class EuclideanSimilarity(Similarity):
    r"""Negative squared distance :math:`s = -\lVert a - b\rVert^2`, at most 0."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return -(a - b).square().sum(-1)


class RBFSimilarity(Similarity):
    r"""Gaussian kernel :math:`s = \exp(-\gamma\lVert a - b\rVert^2)`, in (0, 1].

    Args:
        gamma: Inverse squared width, above 0.
    """

    def __init__(self, gamma: float = 1.0) -> None:
        super().__init__()
        if gamma <= 0:
            raise ValueError(f"gamma must be positive (got {gamma})")
        self.gamma = gamma

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return (-self.gamma * (a - b).square().sum(-1)).exp()


class BilinearSimilarity(Similarity):
    r"""Learned symmetric form :math:`s = a^\top W b` with :math:`W = (V + V^\top) / 2`.

    Starts as the dot product scaled by 1/D.

    Args:
        channels: Size D of the embeddings.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.eye(channels) / channels)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return ((a @ self.symmetric_weight()) * b).sum(-1)

    def symmetric_weight(self) -> Tensor:
        """The matrix W, ``[D, D]``."""
        return (self.weight + self.weight.T) / 2


class MLPSimilarity(Similarity):
    r"""Learned head :math:`s = \mathrm{MLP}([a + b, a \odot b])`, a logit.

    The two inputs are symmetric in ``a`` and ``b``, and GELU keeps the mixed second derivative that
    pair attributions need (a head of :math:`|a - b|` alone has none).

    Args:
        channels: Size D of the embeddings.
        hidden: Width of the hidden layer. D where not given.
    """

    def __init__(self, channels: int, hidden: int | None = None) -> None:
        super().__init__()
        hidden = hidden or channels
        self.mlp = nn.Sequential(nn.Linear(2 * channels, hidden), nn.GELU(), nn.Linear(hidden, 1))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        a, b = torch.broadcast_tensors(a, b)
        return self.mlp(torch.cat([a + b, a * b], dim=-1)).squeeze(-1)


class OtherSimilarity(Similarity):
    r"""A head written elsewhere, for example ``torch.nn.CosineSimilarity()``.

    The head sees two matrices, a row for each comparison, and returns a number for each row.

    Args:
        head: A module or function from ``[M, D]``, ``[M, D]`` to ``[M]`` or ``[M, 1]``.
    """

    def __init__(self, head: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.head = head

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``.

        Raises:
            ValueError: If the head returns anything else than a number for each row.
        """
        return _by_rows(self.head, a, b)


def compare(head: Similarity, a: Tensor, b: Tensor) -> Tensor:
    """Compare ``[..., D]`` with ``[..., D]`` by any head; returns ``[...]``.

    A head that was written elsewhere sees two matrices, a row for each comparison, since it need
    not broadcast over further dimensions.

    Raises:
        ValueError: If it returns anything else than a number for each row.
    """
    broadcasts = is_own(head) or isinstance(head, OtherSimilarity)
    return head(a, b) if broadcasts else _by_rows(head, a, b)


def is_own(head: Similarity) -> bool:
    """Whether ``head`` is one of this library's, which broadcast and take any precision."""
    own = type(head).__module__.startswith(__name__.partition(".")[0] + ".")
    return own and not isinstance(head, OtherSimilarity)


def _by_rows(head: Callable[[Tensor, Tensor], Any], a: Tensor, b: Tensor) -> Tensor:
    a, b = torch.broadcast_tensors(a, b)
    rows = a.reshape(-1, a.size(-1)), b.reshape(-1, b.size(-1))
    s = head(*rows)
    if not isinstance(s, Tensor) or s.shape not in ((len(rows[0]),), (len(rows[0]), 1)):
        got = list(s.shape) if isinstance(s, Tensor) else type(s).__name__
        raise ValueError(
            f"the similarity head {type(head).__name__} returned {got} for two matrices "
            f"{list(rows[0].shape)}: it must return a number for each row, [{len(rows[0])}]"
        )
    if not s.is_floating_point():
        raise ValueError(
            f"the similarity head {type(head).__name__} returned {s.dtype}: it must return real "
            f"numbers"
        )
    return s.reshape(a.shape[:-1])


SIMILARITIES = [
    DotSimilarity,
    CosineSimilarity,
    EuclideanSimilarity,
    RBFSimilarity,
    BilinearSimilarity,
    MLPSimilarity,
]


def similarity_resolver(
    query: str | Similarity | Callable[[Tensor, Tensor], Tensor], channels: int | None = None
) -> Similarity:
    """Look a similarity head up by name.

    Args:
        query: ``"cosine"``, ``"dot"``, ``"euclidean"``, ``"rbf"``, ``"bilinear"``, ``"mlp"``, an
            instance, which is returned as it is, or any other module or function of two matrices,
            which becomes an :class:`OtherSimilarity`.
        channels: Size D of the embeddings, needed by the learned heads.

    Raises:
        ValueError: If the name is unknown, or a learned head is asked for without ``channels``.
        TypeError: If it is neither a name nor callable.
    """
    if isinstance(query, Similarity):
        return query
    if not isinstance(query, str):
        if not callable(query):
            raise TypeError(f"similarity must be a name, a module or a function (got {query!r})")
        return OtherSimilarity(query)
    learned = query.lower() in ("bilinear", "mlp", "bilinearsimilarity", "mlpsimilarity")
    if learned and channels is None:
        raise ValueError(
            f"similarity='{query}' needs the embedding size, and the encoder has no "
            f"'out_channels': pass an instance, e.g. BilinearSimilarity(channels=64)"
        )
    arguments = [channels] if learned else []
    return resolver(SIMILARITIES, {}, query, Similarity, None, *arguments)
