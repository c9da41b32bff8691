"""Whether a model is the one that was explained."""

_TOLERANCE = 1e-4
"""Largest difference of a model from the explained similarity, relative to similarities above 1.

It allows for rounding on another device.
"""

_ROUNDINGS = 16
"""The same in units in the last place, for numbers of half precision."""


class OtherModelError(ValueError):
    """The model does not give the similarity that was explained."""


def check_same_model(found: float, explained: float, rounding: float = 0.0) -> None:
    """Refuse a model that gives another similarity than the explained one.

    Args:
        found: The similarity that the model gives.
        explained: The similarity that was explained.
        rounding: Relative rounding error of the model's numbers.

    Raises:
        OtherModelError: If they differ by more than rounding.

    Example:
        >>> check_same_model(0.50001, 0.5)
    """
    allowed = max(_TOLERANCE, _ROUNDINGS * rounding) * max(1.0, abs(explained))
    if not abs(found - explained) <= allowed:
        raise OtherModelError(
            f"the model gives this pair the similarity {found:.4g}, and the explanation is of "
            f"{explained:.4g}: give the model as it was when it was explained"
        )
