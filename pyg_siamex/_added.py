"""What other installed packages add to this one, by entry points that are read when needed."""

from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

_T = TypeVar("_T")


def added_names(group: str) -> tuple[str, ...]:
    """Names that installed packages give to what they add, in their order; nothing is imported.

    Args:
        group: Name of the group of entry points.

    Example:
        >>> added_names("pyg_siamex.no_such_group")
        ()
    """
    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


def added(group: str, name: str, kind: type[_T]) -> _T:
    """The object of an entry point, whose package is imported now.

    Args:
        group: Name of the group.
        name: One of :func:`added_names`.
        kind: What it must be an instance of.

    Raises:
        ValueError: If two packages have the name, or the object cannot be had.
    """
    found = list(dict.fromkeys(entry_points(group=group, name=name)))
    if len(found) != 1:
        packages = " and ".join(_package(entry) for entry in found)
        raise ValueError(f"'{name}' is added by {packages}: uninstall all but one")
    [entry] = found
    where = f"'{name}' of {_package(entry)} ({group}, {entry.value})"
    try:
        made = entry.load()
    except Exception as error:  # whatever the import of another package may raise
        raise ValueError(f"{where} cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(made, kind):
        raise ValueError(f"{where} must be a {kind.__name__} (is a {type(made).__name__})")
    return made


def _package(entry: EntryPoint) -> str:
    return "an installed package" if entry.dist is None else f"the package {entry.dist.name}"
