"""Points and weights on a path from 0 to 1 that never touch its start."""

import math
from functools import lru_cache
from typing import Literal, get_args

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole

_MOST = 10_000
"""Most points of a path."""

Quadrature = Literal["gauss-legendre", "midpoint", "trapezoid", "right"]


@checked
def quadrature(steps: int, kind: Quadrature = "gauss-legendre") -> tuple[Tensor, Tensor]:
    r"""Points t and weights w with :math:`\sum_p w_p f(t_p) \approx \int_0^1 f(t)\,dt`.

    The trapezoid rule starts a millionth of a step inside the path: at a zero reference input every
    ReLU sits on its kink.

    Args:
        steps: Number of points, at least 1 (2 for the trapezoid rule).
        kind: ``"gauss-legendre"``, ``"midpoint"``, ``"trapezoid"`` or ``"right"``, the sum of the
            right ends of equal steps that the source of integrated Jacobians takes.

    Returns:
        Points and weights, ``[steps]`` each, in float64.

    Raises:
        ValueError: If the name is unknown or ``steps`` is too small.
    """
    if kind not in get_args(Quadrature):
        raise ValueError(f"quadrature must be one of {get_args(Quadrature)} (got '{kind}')")
    least = 2 if kind == "trapezoid" else 1
    whole("steps", steps, least, _MOST, "the model runs once for each of them")
    if kind == "gauss-legendre":
        points, weights = _gauss_legendre(steps)
        return points.clone(), weights.clone()
    if kind == "midpoint":
        points = (torch.arange(steps, dtype=torch.float64) + 0.5) / steps
        return points, torch.full_like(points, 1 / steps)
    if kind == "right":
        points = torch.arange(1, steps + 1, dtype=torch.float64) / steps
        return points, torch.full_like(points, 1 / steps)
    points = torch.linspace(0, 1, steps, dtype=torch.float64)
    weights = torch.full_like(points, 1 / (steps - 1))
    weights[[0, -1]] /= 2
    points[0] = 1e-6 / (steps - 1)
    return points, weights


@lru_cache(maxsize=64)
def _gauss_legendre(steps: int) -> tuple[Tensor, Tensor]:
    """Roots of the Legendre polynomial on [0, 1] by Newton's method, and their weights."""
    k = torch.arange(steps, 0, -1, dtype=torch.float64)
    x = torch.cos(math.pi * (k - 0.25) / (steps + 0.5))
    slope = torch.ones_like(x)
    for _ in range(8):
        before, value = torch.ones_like(x), x
        for degree in range(2, steps + 1):
            before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
        slope = steps * (x * value - before) / (x * x - 1)
        x = x - value / slope
    return (x + 1) / 2, 1 / ((1 - x * x) * slope * slope)
