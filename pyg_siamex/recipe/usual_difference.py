"""The largest difference of alike measured values where none is given."""

from torch import Tensor


def usual_difference(values: Tensor) -> float:
    """Half of the standard deviation.

    Args:
        values: Measured values, ``[n]``.

    Raises:
        ValueError: If there are fewer than two.

    Example:
        >>> round(usual_difference(torch.tensor([1.0, 2.0, 3.0])), 2)
        0.5
    """
    if len(values) < 2:
        raise ValueError(f"pairs need two measured values at least (got {len(values)})")
    return float(values.std()) / 2
