"""How far the similarity of a masked pair is from the one it should have."""

from collections.abc import Callable

from torch import Tensor

Discrepancy = Callable[[Tensor, Tensor], Tensor]
"""From what is left of an effect, ``[states, B]``, and its sign to a non-negative value.

What is left is the similarity less the one it should have. It has the sign of the effect until all
of the effect is gone, and the opposite sign beyond.
"""


def one_sided(left: Tensor, sign: Tensor) -> Tensor:
    r"""Squared effect that is left, and 0 where all of it is gone or more.

    .. math:: \max(0, \mathrm{left} \cdot \mathrm{sign})^2

    Often a few parts change the similarity by more than all parts together. They explain the pair
    and have no price here.
    """
    return (left * sign).clamp_min(0).square()


def squared(left: Tensor, sign: Tensor) -> Tensor:
    r"""Squared distance, :math:`\mathrm{left}^2`, whether less or more than the effect is gone."""
    return left.square()
