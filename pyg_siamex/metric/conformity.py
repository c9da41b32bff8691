"""Conformity: whether importances respect a required order."""

import math

import torch
from scipy.stats import rankdata
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._door import checked
from pyg_siamex._numbers import real


@checked
def conformity(importance: Tensor, order: Tensor, margin: float = 0.0) -> float:
    r"""Share of the relations i > j that importances respect strictly, in [0, 1].

    .. math::
        \frac{1}{R} \sum_{(i, j)} \left[ \rho_i - \rho_j > \mathrm{margin} \right], \qquad
        \rho = \frac{\mathrm{rank} - 1}{M - 1}

    with average ranks, so the measure does not depend on the scale of the importances. A tie does
    not conform; masks that are all 0 have conformity 0. Without a margin, a random order has 1/2.

    Args:
        importance: ``[M]``.
        order: Relations ``[R, 2]``, each (i, j) for "i is more important than j".
        margin: Smallest difference in rank, as a share of all ranks, in [0, 1).

    Returns:
        The share, or ``nan`` without relations.

    Raises:
        TypeError: If ``order`` holds truths.
        ValueError: If a relation names an unknown element or one element twice, an importance is
            not finite, or ``margin`` is out of range.
    """
    importance = importance.detach().cpu().flatten()
    real("margin", margin, "[0, 1)")
    if not torch.isfinite(importance).all():
        raise ValueError("importances hold NaN or infinite values")
    if list(order.shape) == [0]:
        return math.nan
    if order.dim() != 2 or order.size(1) != 2:
        raise ValueError(f"order must be relations [R, 2] (got shape {list(order.shape)})")
    if order.dtype == torch.bool:
        raise TypeError("order must hold positions of elements, and holds truths")
    if not len(order):
        return math.nan
    if not bool(order.isfinite().all()):
        raise ValueError("order holds NaN or infinite values, and must hold positions of elements")
    if int(order.min()) < 0 or int(order.max()) >= len(importance):
        wrong = order.min() if int(order.min()) < 0 else order.max()
        raise ValueError(
            f"order names element {int(wrong)}, and there are {len(importance)}, from 0"
        )
    whole = order.cpu().long()
    if not torch.equal(whole.to(order.dtype), order.cpu()):
        raise ValueError("order must hold positions of elements, whole numbers")
    alone = (whole[:, 0] == whole[:, 1]).nonzero()
    if len(alone):
        raise ValueError(f"order[{int(alone[0])}] compares an element with itself: leave it out")
    ranks = torch.from_numpy(rankdata(as_array(importance.double()))) - 1
    above, below = ranks[whole].unbind(1)
    # In whole ranks, since division would round differences that equal the margin.
    return float((above - below > margin * (len(importance) - 1)).double().mean())
