"""Readings of data classes that were edited after they were made, which name what was changed."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from pyg_siamex._door import check_fields

_C = TypeVar("_C", bound=type)

_READS = ("__repr__", "_repr_html_")


def names_edits(cls: _C) -> _C:
    """Let properties and pictures of a data class say which part was changed where they fail.

    Tables can be edited in place, so that a column may be gone when it is read. A reading that
    fails compares the parts with their annotations, and is refused by the part that does not fit.

    Args:
        cls: A data class of the library.

    Returns:
        The class itself.

    Example:
        >>> from dataclasses import dataclass
        >>> @names_edits
        ... @dataclass
        ... class Sizes:
        ...     one: int
        ...     @property
        ...     def half(self) -> float:
        ...         return self.one / 2
        >>> sizes = Sizes(3)
        >>> sizes.one = "3"
        >>> sizes.half
        Traceback (most recent call last):
        ...
        TypeError: `Sizes.one` must be a whole number (got '3'): it was changed after it was made
    """
    for name, member in list(vars(cls).items()):
        if isinstance(member, property) and member.fget is not None:
            setattr(cls, name, property(_read(member.fget), doc=member.__doc__))
        elif name in _READS:
            setattr(cls, name, _read(member))
    return cls


def _read(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.wraps(function)
    def read(self: Any) -> Any:
        try:
            return function(self)
        except (LookupError, AttributeError, TypeError, ValueError) as error:
            try:
                check_fields(type(self).__name__, self)
            except (TypeError, ValueError) as told:
                raise told from error
            raise

    return read
