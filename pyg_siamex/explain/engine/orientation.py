"""What a pair is: alike or unlike, as the side that evidence and masks take."""

from collections.abc import Callable

import torch
from torch import Tensor

from pyg_siamex.nn.siamese import SiameseGNN

Orientation = Callable[[SiameseGNN, Tensor, Tensor], Tensor]
"""From a model, similarities of whole pairs and of emptied ones to 1 (alike) or -1 (unlike)."""


def by_emptying(model: SiameseGNN, whole: Tensor, empty: Tensor) -> Tensor:
    """1 for a pair that is more alike than the emptied one, and -1 for one that is less alike.

    Args:
        model: The model; not read.
        whole: Similarities of any shape.
        empty: Similarities of the emptied pairs, of the same shape.
    """
    return torch.where(whole - empty < 0, -1.0, 1.0).to(whole)


def by_probability(model: SiameseGNN, whole: Tensor, empty: Tensor) -> Tensor:
    """1 for a pair at least as probably alike as pairs usually are, and -1 for one that is less so.

    Usual is the share of alike pairs in the calibration, 1/2 where both kinds weigh the same.

    A model that was not calibrated gives the result of :func:`by_emptying`.

    Args:
        model: The model, with the calibration of :func:`~pyg_siamex.nn.training.fit`.
        whole: Similarities of any shape.
        empty: Similarities of the emptied pairs, of the same shape.
    """
    if not model.calibration.is_set:
        return by_emptying(model, whole, empty)
    return torch.where(model.calibration(whole) < model.calibration.prior, -1.0, 1.0).to(whole)
