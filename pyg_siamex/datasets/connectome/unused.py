"""Refuse options of reading that no file of a place has a use for."""

from collections.abc import Iterable
from pathlib import Path

from pyg_siamex.datasets.connectome.array_file import NAMED, suffix_of

VECTORS = "for matrices that are written as vectors, and {} has none"
"""What the order of a triangle is for."""


def check_unused(name: str, given: object, used: bool, what_for: str, where: object) -> None:
    """Refuse an option that is given where nothing has a use for it.

    Args:
        name: The option.
        given: What is given, or ``None``.
        used: Whether something has a use for it.
        what_for: What it is for, with ``{}`` for the place.
        where: The place.

    Raises:
        ValueError: Says what the option is for.

    Example:
        >>> check_unused("triangle", None, False, VECTORS, "study")
    """
    if given is not None and not used:
        raise ValueError(f"`{name}` is {what_for.format(where)}: leave it out")


def have_names(paths: Iterable[Path]) -> bool:
    """Whether a file has arrays with names.

    Args:
        paths: Files of matrices.

    Example:
        >>> have_names([Path("a.csv"), Path("b.mat")])
        True
    """
    return any(suffix_of(path) in NAMED for path in paths)
