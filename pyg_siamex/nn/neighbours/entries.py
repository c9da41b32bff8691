"""What the entries of a library or an index must be."""

from torch import Tensor

_CHECKED = 65_536
"""Rows that are checked at once."""


def check_entries(embeddings: Tensor, width: int | None = None) -> None:
    """Refuse what is not a matrix of finite numbers.

    Args:
        embeddings: A row per entry, ``[N, D]`` float.
        width: Size D that they must have, or ``None``.

    Raises:
        ValueError: Otherwise.
    """
    if embeddings.dim() != 2 or not embeddings.is_floating_point():
        raise ValueError(
            f"embeddings must be [N, D] of floats (got {list(embeddings.shape)} of "
            f"{embeddings.dtype})"
        )
    if width is not None and embeddings.size(1) != width:
        raise ValueError(f"embeddings must be [N, {width}] (got {list(embeddings.shape)})")
    lengths = (part.norm(dim=1) for part in embeddings.split(_CHECKED))
    if not all(bool(length.isfinite().all()) for length in lengths):
        raise ValueError("embeddings are not finite, or too large to be squared")
