"""Values that keep themselves and take the derivatives of something else."""

from torch import Tensor


def change(x: Tensor) -> Tensor:
    """Zero, with the gradient of ``x``."""
    return x - x.detach()
