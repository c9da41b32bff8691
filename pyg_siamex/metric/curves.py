r"""Similarity curves over the share of most important elements that is removed or kept."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from typing_extensions import Unpack

from pyg_siamex._door import check_fields, checked
from pyg_siamex._numbers import whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.over_pairs import over_pairs
from pyg_siamex.metric.perturbed_pairs import PerturbedPairs
from pyg_siamex.metric.protocol import EvaluationProtocol, Options
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class RemovalCurves:
    r"""Similarities of P pairs with growing shares of the most important elements kept or removed.

    :math:`S_k` are the k most important elements of each measured graph.

    Attributes:
        shares: Requested shares, in [0, 1], ascending, ``[K]``.
        selected: Shares k of the selected elements, rounded to whole elements, ``[P, K]``.
        whole: :math:`s_0`, ``[P]``.
        empty: :math:`s_\emptyset`, everything removed, ``[P]``.
        effect: :math:`d = s_0 - s_\emptyset`, ``[P]``; ``nan`` if it is too small to explain.
        kept: :math:`s(S_k, r)`, with only the selection, ``[P, K]``.
        removed: :math:`s(q \setminus S_k, r)`, without the selection, ``[P, K]``.
    """

    shares: Tensor
    selected: Tensor
    whole: Tensor
    empty: Tensor
    effect: Tensor
    kept: Tensor
    removed: Tensor

    def _check_parts(self, name: str) -> None:
        """Refuse curves that were changed after they were made, and do not fit together.

        Raises:
            TypeError: If a part is of another kind.
            ValueError: If parts are of different numbers of pairs or shares.
        """
        check_fields(name.strip("`"), self)
        curves = [self.whole.numel(), self.shares.numel()]
        for part, value in vars(self).items():
            wanted = curves if part in _CURVES else curves[part == "shares" :][:1]
            if list(value.shape) != wanted:
                raise ValueError(
                    f"{name} has {part} of shape {list(value.shape)}, and {wanted} fits its other "
                    f"parts: compute the curves again"
                )

    @property
    def fidelity_plus(self) -> Tensor:
        r""":math:`(s_0 - s(q \setminus S_k, r)) / d`, ``[P, K]``; high is good."""
        return (self.whole[:, None] - self.removed) / self.effect[:, None]

    @property
    def fidelity_minus(self) -> Tensor:
        r""":math:`(s_0 - s(S_k, r)) / d`, ``[P, K]``; low is good."""
        return (self.whole[:, None] - self.kept) / self.effect[:, None]

    @property
    def undefined(self) -> int:
        """Number of pairs with nothing to explain, whose normalised values are ``nan``."""
        return int(self.effect.isnan().sum())

    @checked
    def area(self, values: Tensor) -> Tensor:
        """Mean height of curves ``[P, K]``, by the trapezoid rule, ``[P]``.

        Uses the selected shares, so rounding in small graphs does not favour any method.

        Raises:
            TypeError: If a part of the curves was changed to another kind, or values are no real
                numbers.
            ValueError: If parts of the curves were changed, and do not fit together, or values are
                not ``[P, K]``.
        """
        self._check_parts("the curves")
        if values.shape != self.selected.shape:
            raise ValueError(
                f"values must be curves of shape {list(self.selected.shape)}, a row for each pair "
                f"(got {list(values.shape)})"
            )
        if values.dtype == torch.bool or values.is_complex():
            raise TypeError(f"values must be real numbers (got {values.dtype})")
        width = self.selected[:, -1] - self.selected[:, 0]
        return torch.trapezoid(values, self.selected, dim=-1) / width


_CURVES = ("selected", "kept", "removed")


@checked
def removal_curves(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    *,
    shares: Sequence[float] | None = None,
    **options: Unpack[Options],
) -> RemovalCurves:
    """Remove and keep growing shares of the most important elements of explanations.

    All removals of all pairs go through the encoder in a few large batches.

    Args:
        model: The model that was explained; left unchanged.
        explanations: P explanations, of any explainer.
        shares: Ascending shares in [0, 1]. A share of n elements is rounded up to whole elements.
            Default: 0, 5, ..., 100 %.
        **options: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Raises:
        ValueError: If shares are not ascending in [0, 1], or explanations lack the masks.
    """
    if isinstance(shares, Tensor):  # 0.2 in single precision is 0.2
        shares = [round(share, 7) for share in shares.tolist()]
    grid = percentages() if shares is None else list(shares)
    _check(grid)

    def measure(pairs: PerturbedPairs) -> dict[str, Tensor]:
        top = torch.stack([pairs.ranks.top(share) for share in grid])  # [K, M]
        kept, removed = pairs.similarity(torch.cat([top, ~top]).float()).chunk(2)
        ends = {"whole": pairs.whole, "empty": pairs.empty, "effect": pairs.effect}
        return {**ends, "selected": pairs.share(top).T, "kept": kept.T, "removed": removed.T}

    values = over_pairs(model, explanations, EvaluationProtocol(**options), measure)
    return RemovalCurves(torch.tensor(grid, dtype=torch.double), **values)


def percentages(steps: int = 20) -> list[float]:
    """Shares 0, ..., 1 in equal ``steps``.

    Raises:
        ValueError: If ``steps`` is below 1.
    """
    whole("steps", steps, most=10_000, why="the model runs for each of them")
    return [step / steps for step in range(steps + 1)]


def _check(shares: Sequence[float]) -> None:
    inside = all(math.isfinite(share) and 0 <= share <= 1 for share in shares)
    ascending = all(a < b for a, b in itertools.pairwise(shares))
    if not shares or not inside or not ascending:
        raise ValueError(f"shares must ascend within [0, 1] (got {list(shares)})")
