"""Lists of names in which each may be there once."""

from collections.abc import Iterable

from pyg_siamex._visible import in_one_line


def check_once(argument: str, names: Iterable[object]) -> None:
    """Refuse a list that has a name twice.

    Args:
        argument: Name of the argument.
        names: The names, or other values with a hash.

    Raises:
        ValueError: Names the first that is there twice.

    Example:
        >>> check_once("measures", ["fidelity", "simplicity"])
    """
    seen = set()
    for name in names:
        if name in seen:
            shown = in_one_line(str(name), 60)
            raise ValueError(f"`{argument}` has '{shown}' twice: leave one out")
        seen.add(name)
