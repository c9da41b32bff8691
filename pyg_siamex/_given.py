"""What is given, or else what is usual."""

from typing import TypeVar

_T = TypeVar("_T")


def either(given: _T | None, usual: _T) -> _T:
    """``given``, or ``usual`` if nothing is given; 0 and empty texts are given.

    Args:
        given: A value, or ``None``.
        usual: What ``None`` stands for.

    Example:
        >>> either(0, 5), either(None, 5)
        (0, 5)
    """
    return usual if given is None else given
