"""Coordinates of regions are in mm, and those of a brain have a size."""

import numpy as np

_NEAREST, _FARTHEST = 1, 1_000
"""Largest coordinate of a whole brain, mm: it is between these."""


def check_unit(places: np.ndarray, name: str) -> None:
    """Refuse places in another unit than mm, which no brain has.

    Args:
        places: ``[R, 3]``, finite.
        name: What has them, in messages.

    Raises:
        ValueError: If several regions all lie within 1 mm, or one beyond 1,000.
    """
    size = np.abs(places).max(axis=1)
    row = int(size.argmax())
    near = len(places) > 1 and 0 < size[row] < _NEAREST
    if near or size[row] > _FARTHEST:
        told = f"all within {_NEAREST:g}" if near else f"as those of region {row + 1}"
        raise ValueError(
            f"{name} has coordinates up to {size[row]:g}, {told}: give them in mm, in which brains "
            f"are smaller than {_FARTHEST:,} and larger than {_NEAREST:g}"
        )
