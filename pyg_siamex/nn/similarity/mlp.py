r"""A learned head: a network of symmetric combinations of two embeddings."""

import torch
from torch import Tensor, nn

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.nn.on_meta import check_weights
from pyg_siamex.nn.similarity.base import Similarity
from pyg_siamex.nn.similarity.form import Form, Linearise


@checked
class MLPSimilarity(Similarity):
    r"""Learned head :math:`s = \mathrm{MLP}([a + b, a \odot b])`, a logit.

    The two inputs are symmetric in ``a`` and ``b``. GELU keeps the mixed second derivative that
    pair attributions need; a head of only :math:`|a - b|` has none.

    Args:
        channels: Size D of the embeddings.
        hidden: Width of the hidden layer. Default: D.
    """

    broadcasts = curved = True
    sized = True

    def __init__(self, channels: int, hidden: int | None = None) -> None:
        super().__init__()
        whole("channels", channels)
        hidden = channels if hidden is None else hidden
        whole("hidden", hidden)
        check_weights((2 * channels + 2) * hidden)
        self.mlp: nn.Sequential = nn.Sequential(
            nn.Linear(2 * channels, hidden), nn.GELU(), nn.Linear(hidden, 1)
        )

    @property
    def channels(self) -> int:
        """Size D of the embeddings."""
        return self.mlp.get_parameter("0.weight").size(1) // 2

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare ``[..., D]`` with ``[..., D]``; returns ``[...]``."""
        a, b = torch.broadcast_tensors(a, b)
        score: Tensor = self.mlp(torch.cat([a + b, a * b], dim=-1)).squeeze(-1)
        return score

    def pair_forms(self, a: Tensor, b: Tensor, linearise: Linearise) -> list[Form]:
        r"""Pair terms from coefficients of :math:`a \odot b`, single terms from :math:`a + b`."""
        a, b = a.detach(), b.detach()
        inputs = torch.cat([a + b, a * b], dim=-1)
        out, slope = linearise(self.mlp, inputs)
        left = out - (slope * inputs).sum(-1)
        linear, product = slope.chunk(2, dim=-1)
        rows = zip(linear, product, left.tolist(), strict=True)
        return [Form(metric=m, linear=v, constant=rest) for v, m, rest in rows]
