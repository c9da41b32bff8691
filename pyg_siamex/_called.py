"""Functions of the caller, named where they fail."""

from collections.abc import Callable
from typing import Any, TypeVar

from pyg_siamex._visible import in_one_line

_T = TypeVar("_T")


class CalledError(ValueError):
    """A function of the caller failed; the error itself is the cause."""


def called(name: str, function: Callable[..., _T], *arguments: Any) -> _T:
    """The result of a function that the caller gave.

    Args:
        name: The argument that the function is.
        function: The function.
        *arguments: What it is called with.

    Raises:
        CalledError: If it fails; the error itself is the cause.

    Example:
        >>> called("groups", len, "abc")
        3
    """
    try:
        return function(*arguments)
    except Exception as error:
        kind, told = type(error).__name__, in_one_line(str(error), 200)
        raise CalledError(f"`{name}` failed with {kind}: {told}") from error


def own_error(error: Exception) -> Exception:
    """The error of the caller's function, where it was named; else the error itself.

    Example:
        >>> own_error(ValueError("too long"))
        ValueError('too long')
    """
    cause = error.__cause__
    return cause if isinstance(error, CalledError) and isinstance(cause, Exception) else error
