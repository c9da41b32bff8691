"""Adapter for heads of other libraries."""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from pyg_siamex._door import checked
from pyg_siamex.nn.similarity.base import Similarity, by_rows


@checked
class OtherSimilarity(Similarity):
    r"""A head of another library, for example ``torch.nn.CosineSimilarity()``.

    The head sees two matrices, a row for each comparison, and returns a number for each row.

    Args:
        head: A module or function from ``[M, D]``, ``[M, D]`` to ``[M]`` or ``[M, 1]``.

    Raises:
        ValueError: If it is PyTorch's distance, which is larger for what is less alike.
    """

    def __init__(self, head: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        if isinstance(head, nn.PairwiseDistance) or head is F.pairwise_distance:
            raise ValueError(
                "the head is a distance, which is larger for what is less alike: use "
                "similarity='euclidean', the negative distance"
            )
        self.head = head

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``.

        Raises:
            ValueError: If the head does not return one number per row.
        """
        return by_rows(self.head, a, b)
