r"""Effect overlap and sparse fidelity, two summaries of whole removal curves."""

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.metric.curves import RemovalCurves
from pyg_siamex.metric.fidelity import characterisation_score


@checked
def effect_overlap(curves: RemovalCurves) -> Tensor:
    r"""Overlap of the effects of keeping and of discarding the same selection.

    .. math::
        \frac{\int \min(\mathrm{fid}_+(k), \mathrm{fid}_-(k))\, dk}
             {\int \max(\mathrm{fid}_+(k), \mathrm{fid}_-(k))\, dk}

    with negative effects set to 0. It is in [0, 1], low is good: removing the selection should
    change the similarity, and removing everything else should not. A random order of elements with
    additive effects has 1/3. The worst order has a low overlap as well, so read it together with
    insertion minus deletion. Adapts Daza et al. (TMLR 2026), who compare classes, to similarities.

    Args:
        curves: Curves from 0 to 100 %, of :func:`removal_curves`.

    Returns:
        ``[P]``; ``nan`` if a pair has nothing to explain.

    Raises:
        ValueError: If the curves begin or end elsewhere.
    """
    plus, minus = curves.fidelity_plus.clamp_min(0), curves.fidelity_minus.clamp_min(0)
    overlap = curves.area(torch.minimum(plus, minus)) / curves.area(torch.maximum(plus, minus))
    _check_whole(curves)
    return overlap


@checked
def sparse_fidelity(curves: RemovalCurves) -> tuple[Tensor, Tensor]:
    r"""Characterisation score at every sparsity, and the area under that curve.

    .. math:: F(1 - k) = \mathrm{charact}(\mathrm{fid}_+(k), \mathrm{fid}_-(k))

    It is in [0, 1], high is good: an explanation that is both short and faithful scores high at
    high sparsity. A random order of elements with additive effects has F = k and area 1/2. Adapts
    the sparse-fidelity curves of Daza et al. (TMLR 2026), who compare classes, to similarities.

    Args:
        curves: Curves from 0 to 100 %, of :func:`removal_curves`.

    Returns:
        The curves at sparsity ``1 - curves.shares``, ``[P, K]``, and their areas, ``[P]``.

    Raises:
        ValueError: If the curves begin or end elsewhere.
    """
    score = characterisation_score(curves.fidelity_plus, curves.fidelity_minus)
    area = curves.area(score)
    _check_whole(curves)
    return score, area


def _check_whole(curves: RemovalCurves) -> None:
    """Refuse curves of a part of the shares, whose areas are of that part."""
    first, last = float(curves.shares[0]), float(curves.shares[-1])
    if first > 0 or last < 1:
        raise ValueError(
            f"`curves` must go from a share of 0 to 1 (got {first:g} to {last:g}): leave `shares` "
            f"of removal_curves out, or give it both ends"
        )
