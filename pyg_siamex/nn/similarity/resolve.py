"""Similarity heads by name."""

from collections.abc import Callable

from torch import Tensor
from torch_geometric.resolver import normalize_string

from pyg_siamex._door import checked
from pyg_siamex.nn.similarity.base import Similarity
from pyg_siamex.nn.similarity.distances import EuclideanSimilarity, RBFSimilarity
from pyg_siamex.nn.similarity.mlp import MLPSimilarity
from pyg_siamex.nn.similarity.other import OtherSimilarity
from pyg_siamex.nn.similarity.products import BilinearSimilarity, CosineSimilarity, DotSimilarity

SIMILARITIES: list[type[Similarity]] = [
    DotSimilarity,
    CosineSimilarity,
    EuclideanSimilarity,
    RBFSimilarity,
    BilinearSimilarity,
    MLPSimilarity,
]


@checked
def similarity_resolver(
    query: str | Similarity | Callable[[Tensor, Tensor], Tensor], channels: int | None = None
) -> Similarity:
    """Look a similarity head up by name.

    Args:
        query: ``"cosine"``, ``"dot"``, ``"euclidean"``, ``"rbf"``, ``"bilinear"``, ``"mlp"``, an
            instance, which is returned unchanged, or any other module or function of two matrices,
            which becomes an :class:`OtherSimilarity`.
        channels: Size D of the embeddings, needed by the learned heads.

    Raises:
        ValueError: If the name is unknown, or ``channels`` is missing for a learned head.
        TypeError: If it is neither a name nor callable.
    """
    if isinstance(query, Similarity):
        return query
    if isinstance(query, type):
        raise TypeError(f"similarity is a class: give an instance, {query.__name__}(...)")
    if not isinstance(query, str):
        return OtherSimilarity(query)
    kind = _named(query)
    if not kind.sized:
        return kind()
    if channels is None:
        raise ValueError(
            f"similarity='{query}' needs the embedding size, and neither the readout nor the "
            f"encoder has 'out_channels': pass an instance, e.g. BilinearSimilarity(channels=64)"
        )
    return kind(channels)


def is_sized(query: object) -> bool:
    """Whether a head is given by a name and takes the size of the embeddings.

    Args:
        query: As for :func:`similarity_resolver`.

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> is_sized("mlp"), is_sized("cosine")
        (True, False)
    """
    return isinstance(query, str) and _named(query).sized


def _named(query: str) -> type[Similarity]:
    for kind in SIMILARITIES:
        name = normalize_string(kind.__name__)
        if normalize_string(query) in (name, name.removesuffix("similarity")):
            return kind
    choices = ", ".join(
        f"'{normalize_string(kind.__name__).removesuffix('similarity')}'" for kind in SIMILARITIES
    )
    raise ValueError(f"similarity must be one of {choices} (got '{query}')")
