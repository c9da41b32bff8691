"""Comparison of two graphs region by region."""

import torch
from torch import Tensor, nn

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.nn.on_meta import check_weights
from pyg_siamex.nn.similarity import Similarity


@checked
class RoiSimilarity(Similarity):
    r"""Weighted sum of the regions' inner products.

    .. math:: s = \sum_i w_i\, h_i(q)^\top h_i(r) + b

    This is the inner product layer and the following fully connected layer of the s-GCN (Ktena et
    al., NeuroImage 2018, and arXiv 1703.02161, section 2), without its confounder input. Use it
    with :class:`~pyg_siamex.nn.RoiConcat`.

    Args:
        num_rois: Number of regions R. Each weight starts at 1/R, so s starts as a mean.

    Shape:
        - a, b: ``[..., R F]``, region by region
        - output: ``[...]``, unbounded

    Raises:
        ValueError: If the embeddings cannot be cut into R regions (when called).
    """

    broadcasts = True

    def __init__(self, num_rois: int) -> None:
        super().__init__()
        whole("num_rois", num_rois)
        check_weights(num_rois)
        self.num_rois = num_rois
        self.weight: nn.Parameter = nn.Parameter(torch.full((num_rois,), 1 / num_rois))
        self.bias: nn.Parameter = nn.Parameter(torch.zeros(()))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., R F]`` with ``[..., R F]``; returns ``[...]``."""
        if a.size(-1) % self.num_rois:
            raise ValueError(
                f"embeddings of size {a.size(-1)} cannot be cut into {self.num_rois} equal "
                f"regions: use pool=RoiConcat({self.num_rois})"
            )
        per_weight = self.weight.repeat_interleave(a.size(-1) // self.num_rois)
        return (a * b * per_weight).sum(-1) + self.bias
