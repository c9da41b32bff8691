"""A head treats each pair of embeddings by itself."""

import torch
from torch import Tensor

from pyg_siamex.nn.similarity.base import Similarity, compare
from pyg_siamex.nn.similarity.other import OtherSimilarity

_ROWS = 8
"""Pairs that are compared alone."""

_ALLOWED = {torch.double: 1e-9, torch.half: 1e-2, torch.bfloat16: 5e-2}
"""Largest relative difference of similarities that count as equal, by precision."""


@torch.no_grad()
def check_each_row(head: Similarity, h: Tensor) -> None:
    """Refuse a head that compares the pairs of a batch with each other.

    Some of the embeddings are compared in a batch and alone.

    Args:
        head: The head, in evaluation mode.
        h: Embeddings on the head's device, ``[n, D]``.

    Raises:
        ValueError: If a pair has another similarity in a batch than alone.
    """
    if is_known(head) or not len(h):
        return
    some = torch.linspace(0, len(h) - 1, min(_ROWS, len(h))).long().unique()
    a = h[some.to(h.device)]
    b = a.flip(0)
    both = compare(head, a, b)
    alone = torch.cat([compare(head, a[k : k + 1], b[k : k + 1]) for k in range(len(a))])
    if not (both.isfinite().all() and alone.isfinite().all()):  # reported elsewhere
        return
    size = torch.maximum(both.abs(), alone.abs()).max()
    if not bool(((both - alone).abs() <= _ALLOWED.get(both.dtype, 1e-4) * size).all()):
        raise ValueError(
            f"the similarity head {type(head).__name__} gives a pair another similarity in a batch "
            f"than alone: it must treat each row separately (no softmax or statistics over the "
            f"batch)"
        )


def is_known(head: Similarity) -> bool:
    """Whether a head is of this package, and holds no module or function of anyone else.

    Args:
        head: The head.
    """
    own = type(head).__module__.startswith("pyg_siamex.") and not isinstance(head, OtherSimilarity)
    return own and not any(True for _ in head.children())
