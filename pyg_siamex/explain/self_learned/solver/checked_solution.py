"""What a solver returns, also one of the caller's own, must be masks of the elements."""

from typing import Any

from torch import Tensor

from pyg_siamex._numbers import shown
from pyg_siamex.explain.self_learned.solver.solution import Solution

_ROUNDING = 1e-4
"""By how much masks may leave [0, 1]."""


def check_solution(found: Any, elements: int, pairs: int, name: str) -> None:
    """Refuse a result that is no solution of a problem.

    Args:
        found: What the solver returns.
        elements: Number M of elements.
        pairs: Number B of pairs.
        name: Name of the solver, for messages.

    Raises:
        TypeError: If it is no :class:`Solution`, or a part is of another kind.
        ValueError: If a part has another size than the problem, or masks leave [0, 1].
    """
    who = f"the solver {name}"
    if not isinstance(found, Solution):
        raise TypeError(f"{who} must return a Solution (got {shown(found)})")
    sizes = {"masks": elements, "steps": pairs, "converged": pairs}
    for part, size in sizes.items():
        value = getattr(found, part)
        if not isinstance(value, Tensor):
            raise TypeError(f"{part} of {who} must be a tensor (got {shown(value)})")
        if list(value.shape) != [size]:
            raise ValueError(f"{part} of {who} must be [{size}] (got {list(value.shape)})")
    if not found.masks.is_floating_point():
        raise TypeError(f"masks of {who} must be floats (got {found.masks.dtype})")
    # NaN is reported for all algorithms.
    outside = (found.masks < -_ROUNDING) | (found.masks > 1 + _ROUNDING)
    if bool(outside.any()):
        wrong = float(found.masks[outside][0])
        raise ValueError(f"masks of {who} must be in [0, 1] (got {wrong:.4g})")
    _check_trajectory(found, pairs, who)


def _check_trajectory(found: Solution, pairs: int, who: str) -> None:
    trajectory = found.trajectory
    if not isinstance(trajectory, dict):
        raise TypeError(f"trajectory of {who} must be a dict (got {shown(trajectory)})")
    for quantity, value in trajectory.items():
        if not isinstance(value, Tensor):
            raise TypeError(f"'{quantity}' of {who} must be a tensor (got {shown(value)})")
        if value.dim() != 2 or value.size(1) != pairs:
            raise ValueError(
                f"'{quantity}' of {who} must be [T, {pairs}] (got {list(value.shape)})"
            )
