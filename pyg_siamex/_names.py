"""What the annotations of a function stand for, also those that are written as texts."""

import builtins
import sys
from inspect import unwrap
from typing import Any

_SHORT = {"pd": "pandas", "nx": "networkx", "np": "numpy", "Chem": "rdkit.Chem"}
"""Modules that are imported for types alone, where an import costs much."""


class _Later(type):
    """The type of classes of modules that are not imported: objects are of them once they are."""

    place: tuple[str, str]

    def __instancecheck__(cls, instance: Any) -> bool:
        found = getattr(sys.modules.get(cls.place[0]), cls.place[1], None)
        return isinstance(found, type) and isinstance(instance, found)


class _Absent:
    """A module that is not imported."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return _Later(name, (), {"place": (self._module, name)})


class _Names(dict[str, Any]):
    """Names of a module; what it does not know may be anything."""

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        return sys.modules.get(_SHORT[name], _Absent(_SHORT[name])) if name in _SHORT else Any


def resolved(annotation: Any, function: Any) -> Any:
    """An annotation as an object; ``Any`` if it cannot be read.

    Args:
        annotation: An annotation of the function, or its text.
        function: The function.

    Example:
        >>> resolved("int | None", resolved)
        int | None
    """
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, {}, _Names(getattr(unwrap(function), "__globals__", {})))
    except (NameError, TypeError, AttributeError):
        return Any
