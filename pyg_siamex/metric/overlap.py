r"""Effect overlap and sparse fidelity: what whole curves say of one selection after another."""

import torch
from torch import Tensor

from pyg_siamex.metric.curves import RemovalCurves
from pyg_siamex.metric.fidelity import characterisation_score


def effect_overlap(curves: RemovalCurves) -> Tensor:
    r"""How far keeping and discarding the same selection have the same effect.

    .. math::
        \frac{\int \min(\mathrm{fid}_+(k), \mathrm{fid}_-(k))\, dk}
             {\int \max(\mathrm{fid}_+(k), \mathrm{fid}_-(k))\, dk}

    with negative effects taken as 0. In [0, 1], low is good: what is selected should matter when it
    goes and not be missed when it alone stays. A random order of elements that add up has 1/3. The
    worst order has a low overlap as well, so read it beside insertion minus deletion. After Daza
    et al. (TMLR 2026), who compare classes; this form for similarities is ours.

    Args:
        curves: Curves from 0 to 100 %, of :func:`removal_curves`.

    Returns:
        ``[P]``; ``nan`` where a pair has nothing to explain.
    """
    plus, minus = curves.fidelity_plus.clamp_min(0), curves.fidelity_minus.clamp_min(0)
    return curves.area(torch.minimum(plus, minus)) / curves.area(torch.maximum(plus, minus))


def sparse_fidelity(curves: RemovalCurves) -> tuple[Tensor, Tensor]:
    r"""Characterisation score at every sparsity, and the area under that curve.

    .. math:: F(1 - k) = \mathrm{charact}(\mathrm{fid}_+(k), \mathrm{fid}_-(k))

    In [0, 1], high is good: an explanation that is short *and* faithful is high at high sparsity. A
    random order of elements that add up has F = k, area 1/2. After the sparse-fidelity curves of
    Daza et al. (TMLR 2026), who compare classes; this form for similarities is ours.

    Args:
        curves: Curves from 0 to 100 %, of :func:`removal_curves`.

    Returns:
        The curves at sparsity ``1 - curves.shares``, ``[P, K]``, and their areas, ``[P]``.
    """
    score = characterisation_score(curves.fidelity_plus, curves.fidelity_minus)
    return score, curves.area(score)
