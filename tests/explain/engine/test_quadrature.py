import numpy as np
import pytest
import torch

from pyg_siamex.explain.engine.quadrature import quadrature


@pytest.mark.parametrize("kind", ["gauss-legendre", "midpoint", "trapezoid"])
def test_quadrature_integrates_and_never_touches_the_start(kind):
    points, weights = quadrature(64, kind)
    assert points.min() > 0 and points.max() <= 1
    assert abs(float(weights.sum()) - 1) < 1e-12
    assert abs(float((weights * points.exp()).sum()) - (torch.e - 1)) < 1e-3


@pytest.mark.parametrize("steps", [1, 2, 3, 8, 33, 100])
def test_gauss_legendre_points_are_numpys(steps):
    points, weights = quadrature(steps)
    roots, masses = np.polynomial.legendre.leggauss(steps)
    assert np.allclose(points, (roots + 1) / 2, atol=1e-14)
    assert np.allclose(weights, masses / 2, atol=1e-14)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="quadrature"):
        quadrature(3, "simpson")
    with pytest.raises(ValueError, match="at least 2"):
        quadrature(1, "trapezoid")


def test_right_ends_of_equal_steps():
    points, weights = quadrature(4, "right")
    assert points.tolist() == [0.25, 0.5, 0.75, 1.0] and weights.tolist() == [0.25] * 4
