"""Whether features are read as numbers, found by small steps where gradients are cut."""

from collections.abc import Callable

from torch import Tensor

_STEP = 0.2
_MOST_COLUMNS = 2_000
"""Columns up to which each is tried; more are taken for types."""


def follows_steps(changes: Callable[[Tensor], bool], x: Tensor, uniform: Tensor) -> bool:
    """Whether all columns of x that matter are read as numbers.

    A type is a whole number, and stays the same for a small step up or for one down.

    Args:
        changes: Whether the embedding of given features differs from that of x.
        x: Float features, ``[N, F]`` or ``[N]``.
        uniform: Other features that change the embedding.

    Returns:
        ``False`` also if no column matters alone.
    """
    flat, other = x.reshape(len(x), -1), uniform.reshape(len(x), -1)
    if flat.size(1) > _MOST_COLUMNS:
        return False
    matter = False
    for column in range(flat.size(1)):

        def moves(values: Tensor, column: int = column) -> bool:
            moved = flat.clone()
            moved[:, column] = values
            return changes(moved.reshape(x.shape))

        own = flat[:, column]
        step = _STEP * own.abs().max().clamp_max(1)
        if moves(other[:, column]):
            matter = True
            if not (moves(own + step) and moves(own - step)):
                return False
    return matter
