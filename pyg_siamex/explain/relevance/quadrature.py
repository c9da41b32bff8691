"""Points and weights on a path from 0 to 1 that never touch its end points."""

from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

Quadrature = Literal["gauss-legendre", "midpoint", "trapezoid"]


def quadrature(steps: int, kind: Quadrature = "gauss-legendre") -> tuple[Tensor, Tensor]:
    r"""Points t and weights w with :math:`\sum_p w_p f(t_p) \approx \int_0^1 f(t)\,dt`.

    The trapezoid rule starts a millionth of a step inside the path: at a zero reference input every
    ReLU sits on its kink.

    Args:
        steps: Number of points, at least 1 (2 for the trapezoid rule).
        kind: ``"gauss-legendre"``, ``"midpoint"`` or ``"trapezoid"``.

    Returns:
        Points and weights, ``[steps]`` each, in float64.

    Raises:
        ValueError: If the name is unknown or ``steps`` is too small.
    """
    if kind not in get_args(Quadrature):
        raise ValueError(f"quadrature must be one of {get_args(Quadrature)} (got '{kind}')")
    least = 2 if kind == "trapezoid" else 1
    if steps < least:
        raise ValueError(f"steps must be at least {least} for '{kind}' (got {steps})")
    if kind == "gauss-legendre":
        roots, masses = np.polynomial.legendre.leggauss(steps)
        return torch.from_numpy((roots + 1) / 2), torch.from_numpy(masses / 2)
    if kind == "midpoint":
        points = (torch.arange(steps, dtype=torch.float64) + 0.5) / steps
        return points, torch.full_like(points, 1 / steps)
    points = torch.linspace(0, 1, steps, dtype=torch.float64)
    weights = torch.full_like(points, 1 / (steps - 1))
    weights[[0, -1]] /= 2
    points[0] = 1e-6 / (steps - 1)
    return points, weights
