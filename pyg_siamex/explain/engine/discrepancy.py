"""How far the similarity of a masked pair is from the one it should have."""

from collections.abc import Callable

import torch
from torch import Tensor

from pyg_siamex._called import called
from pyg_siamex._numbers import shown

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


def check_discrepancy(function: Discrepancy) -> None:
    """Refuse a function that gives no distances, by a try.

    Raises:
        TypeError: If it is not a function, or gives no tensor.
        ValueError: If it fails, or gives another number of values or negative ones.
    """
    if not callable(function):
        raise TypeError(f"`discrepancy` must be a function (got {shown(function)})")
    left = torch.linspace(-1, 1, 6).view(3, 2)
    found = called("discrepancy", function, left, torch.ones(3, 2))
    if not isinstance(found, Tensor):
        raise TypeError(f"`discrepancy` must give a tensor (got {shown(found)})")
    if found.shape != left.shape or not bool((found >= 0).all()):
        raise ValueError(
            f"`discrepancy` must give a value of at least 0 for each entry (got "
            f"{list(found.shape)} for {list(left.shape)}, {found.flatten()[:3].tolist()} ...)"
        )
