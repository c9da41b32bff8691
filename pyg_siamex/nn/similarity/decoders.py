r"""Decoders of link prediction as heads: DistMult, and a network of the Hadamard product."""

import torch
from torch import Tensor, nn

from pyg_siamex._door import checked
from pyg_siamex.nn.similarity.base import Similarity, by_rows
from pyg_siamex.nn.similarity.form import Form, Linearise, ProductForm


@checked
class DistMultSimilarity(Similarity):
    r"""DistMult, :math:`s = \sum_k r_k a_k b_k`, for one relation (Yang et al., arXiv 1412.6575).

    Args:
        relation: Embedding r of the relation, ``[D]``. A parameter is shared, other tensors are
            kept as constants.

    Raises:
        ValueError: If ``relation`` is not a vector of finite numbers.
    """

    broadcasts = curved = True

    def __init__(self, relation: Tensor) -> None:
        super().__init__()
        if relation.dim() != 1:
            raise ValueError(
                f"relation must be the embedding of one relation, [D] (got {list(relation.shape)})"
            )
        if not relation.is_meta and not bool(relation.isfinite().all()):
            raise ValueError("relation has NaN or infinite values: train it anew")
        if isinstance(relation, nn.Parameter):
            self.relation = relation
        else:
            self.register_buffer("relation", relation.detach())

    @property
    def channels(self) -> int:
        """Size D of the embeddings."""
        return len(self.relation)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        return (a * self.relation.to(a.dtype) * b).sum(-1)

    def product_form(self) -> ProductForm:
        r""":math:`a^\top \mathrm{diag}(r)\, b`."""
        return ProductForm(metric=self.relation.detach())


@checked
class HadamardSimilarity(Similarity):
    r"""A network of the elementwise product, :math:`s = f(a \odot b)`.

    Args:
        network: A module from ``[B, D]`` to ``[B]`` or ``[B, 1]``, shared and not copied.
    """

    curved = False

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``.

        Raises:
            ValueError: If the network does not return one number per row.
        """
        return by_rows(lambda one, other: self.network(one * other), a, b, type(self).__name__)

    def pair_forms(self, a: Tensor, b: Tensor, linearise: Linearise) -> list[Form]:
        r"""Pair terms from the coefficients of :math:`a \odot b`."""
        inputs = torch.mul(a, b).detach()
        out, slope = linearise(self.network, inputs)
        left = out - (slope * inputs).sum(-1)
        return [
            Form(metric=metric, constant=rest)
            for metric, rest in zip(slope, left.tolist(), strict=True)
        ]
