"""Order constraints against dense linear algebra."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.explain.invariance import agree
from pyg_siamex.explain.solver import OrderConstraints


def drawn(seed: int, delta: float) -> OrderConstraints:
    generator = torch.Generator().manual_seed(seed)
    graph = torch.arange(3).repeat_interleave(torch.tensor([7, 1, 12]))
    base = torch.rand(20, generator=generator, dtype=torch.double)
    noise = torch.rand(20, 6, generator=generator, dtype=torch.double)
    consensus = agree(base[:, None] + 0.3 * noise, graph, alpha=0.2)
    return OrderConstraints.of_order(consensus.order, consensus.score, graph, delta)


def dense(constraints: OrderConstraints) -> torch.Tensor:
    matrix = torch.zeros(len(constraints), 20, dtype=torch.double)
    rows = torch.arange(len(constraints))
    matrix[rows, constraints.lower] += 1
    matrix[rows, constraints.upper] -= 1
    return matrix


def test_violation_and_force_are_products_with_the_constraint_matrix() -> None:
    constraints = drawn(0, 0.4)
    matrix, masks = dense(constraints), torch.rand(20, dtype=torch.double)
    multipliers = torch.rand(len(constraints), dtype=torch.double)
    assert len(constraints) > 20
    torch.testing.assert_close(constraints.violation(masks), matrix @ masks + constraints.margin)
    torch.testing.assert_close(constraints.force(multipliers), matrix.T @ multipliers)


def test_twice_the_largest_degree_bounds_the_squared_norm() -> None:
    for seed in range(5):
        constraints = drawn(seed, 0.4)
        norm = torch.linalg.matrix_norm(dense(constraints), 2) ** 2
        assert float(norm) <= 2 * float(constraints.degree().max()) + 1e-9


@given(st.integers(0, 10_000), st.floats(0.01, 1.0))
@settings(max_examples=40, deadline=None)
def test_restored_masks_are_feasible_in_the_unit_interval(seed: int, delta: float) -> None:
    constraints = drawn(seed, delta)
    generator = torch.Generator().manual_seed(seed)
    masks = torch.rand(20, generator=generator, dtype=torch.double)
    restored = constraints.restore(masks)
    assert float(constraints.violation(restored).max()) <= 1e-12
    assert (restored >= constraints.low).all()
    assert (restored <= constraints.high).all()
    torch.testing.assert_close(constraints.restore(restored), restored, atol=1e-12, rtol=0)


def test_the_floor_of_the_box_satisfies_every_constraint_and_so_does_its_ceiling() -> None:
    constraints = drawn(1, 0.7)
    assert float(constraints.violation(constraints.low).max()) <= 1e-12
    assert float(constraints.violation(constraints.high).max()) <= 1e-12
    assert float(constraints.low.min()) == 0
    assert float(constraints.high.max()) == 1


def test_constraints_that_no_masks_satisfy_are_refused() -> None:
    upper, lower = torch.tensor([0, 1]), torch.tensor([1, 2])
    box = torch.zeros(3), torch.ones(3)
    constraints = OrderConstraints(upper, lower, torch.tensor([0.6, 0.6]), *box)
    with pytest.raises(ValueError, match="asks for more than the box holds"):
        constraints.restore(torch.rand(3))
