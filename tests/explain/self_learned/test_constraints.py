"""Order constraints against dense linear algebra."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.invariance import Voices, agree


def drawn(seed: int, delta: float, ties: bool = True) -> OrderConstraints:
    """Constraints on three graphs; with ties, some levels have two to four elements."""
    generator = torch.Generator().manual_seed(seed)
    graph = torch.arange(3).repeat_interleave(torch.tensor([7, 1, 12]))
    base = torch.rand(20, generator=generator, dtype=torch.double)
    noise = torch.rand(20, 6, generator=generator, dtype=torch.double)
    importance = base[:, None] + 0.3 * noise
    if ties:
        for twins in ([0, 3], [8, 9, 15, 19], [10, 12]):
            importance[twins] = importance[twins[0]].clone()
    sign, rounding = importance.new_ones(3, 6), importance.new_zeros(3)
    voices = Voices.of(importance, graph, sign, rounding)
    consensus = agree(voices, alpha=0.2)
    return OrderConstraints.of_order(consensus.order, consensus.score, graph, delta)


def dense(constraints: OrderConstraints) -> torch.Tensor:
    """A row for each constraint, ``[C, M]``: the mean of the lower level minus the upper one's."""
    matrix = torch.zeros(len(constraints), 20, dtype=torch.double)
    ends = zip(constraints.upper.tolist(), constraints.lower.tolist(), strict=True)
    for row, (upper, lower) in zip(matrix, ends, strict=True):
        for level, sign in ((lower, 1.0), (upper, -1.0)):
            members = constraints.level == level
            row[members] += sign / int(members.sum())
    return matrix


@pytest.mark.parametrize("ties", [False, True])
def test_violation_rise_and_force_are_products_with_the_constraint_matrix(ties: bool) -> None:
    constraints = drawn(0, 0.4, ties)
    matrix, masks = dense(constraints), torch.rand(20, dtype=torch.double)
    multipliers = torch.rand(len(constraints), dtype=torch.double)
    assert len(constraints) > 10
    violation = matrix @ masks + constraints.margin
    torch.testing.assert_close(constraints.violation(masks), violation)
    weighted = matrix / matrix.square().sum(1, keepdim=True).sqrt() * 2**0.5
    torch.testing.assert_close(
        constraints.rise(masks), weighted @ masks + constraints.weight * constraints.margin
    )
    torch.testing.assert_close(constraints.force(multipliers), weighted.T @ multipliers)


@pytest.mark.parametrize("seed", range(5))
def test_twice_the_largest_degree_bounds_the_squared_norm(seed: int) -> None:
    constraints = drawn(seed, 0.4)
    rows = dense(constraints) * constraints.weight[:, None]
    norm = torch.linalg.matrix_norm(rows, 2) ** 2
    assert float(norm) <= 2 * float(constraints.degree().max()) + 1e-9


def test_tied_elements_feel_the_same_force() -> None:
    constraints = drawn(0, 0.4)
    force = constraints.force(torch.rand(len(constraints), dtype=torch.double))
    for twins in ([0, 3], [8, 9, 15, 19], [10, 12]):
        assert len(constraints.level[twins].unique()) == 1
        assert len(force[twins].unique()) == len(constraints.low[twins].unique()) == 1


@given(st.integers(0, 10_000), st.floats(0.01, 1.0))
@settings(max_examples=40, deadline=None)
def test_restored_masks_are_feasible_in_the_unit_interval(seed: int, delta: float) -> None:
    constraints = drawn(seed, delta)
    generator = torch.Generator().manual_seed(seed)
    masks = torch.rand(20, generator=generator, dtype=torch.double)
    restored = constraints.restore(masks)
    assert constraints.hold(restored).all()
    assert float(constraints.violation(restored).max()) <= 1e-12
    for upper, lower, margin in zip(
        constraints.upper, constraints.lower, constraints.margin, strict=True
    ):
        above = restored[constraints.level == upper].min()
        below = restored[constraints.level == lower].max()
        assert float(above - below) >= float(margin) - 1e-12
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
    constraints = OrderConstraints(torch.arange(3), upper, lower, torch.tensor([0.6, 0.6]), *box)
    with pytest.raises(ValueError, match="asks for more than the box holds"):
        constraints.restore(torch.rand(3))


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize(
    "where", [slice(None), slice(0, 1), slice(8, 20)], ids=["all", "one", "graph"]
)
def test_masks_that_are_no_numbers_are_restored_in_finite_time(value: float, where: slice) -> None:
    constraints = drawn(2, 0.4)
    masks = torch.rand(20, dtype=torch.double)
    masks[where] = value
    assert bool(constraints.restore(masks).isnan().any()) == (value != value)


def test_constraints_in_a_circle_are_refused_in_finite_time() -> None:
    upper, lower = torch.tensor([0, 1, 2]), torch.tensor([1, 2, 0])
    box = torch.zeros(3), torch.ones(3)
    constraints = OrderConstraints(torch.arange(3), upper, lower, torch.full((3,), 0.5), *box)
    with pytest.raises(ValueError, match="asks for more than the box holds"):
        constraints.restore(torch.rand(3))
