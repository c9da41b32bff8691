"""What the annotations of a function stand for, also those that are written as texts."""

import ast
import builtins
import sys
from functools import cache
from importlib import import_module
from inspect import unwrap
from pathlib import Path
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
        if name in _SHORT:
            return sys.modules.get(_SHORT[name], _Absent(_SHORT[name]))
        return _of_own_package(name, self)


def _of_own_package(name: str, module: dict[str, Any]) -> Any:
    """What a module imports from its own package for types alone, ``Any`` for other names."""
    place = _for_types(str(module.get("__file__"))).get(name, "")
    if not place or place.partition(".")[0] != str(module.get("__name__")).partition(".")[0]:
        return Any
    try:
        return getattr(import_module(place), name)
    except (ImportError, AttributeError):  # of an extra that is not installed
        return Any


@cache
def _for_types(file: str) -> dict[str, str]:
    """Names that a file imports under ``if TYPE_CHECKING``, and the module of each."""
    try:
        body = ast.parse(Path(file).read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError):
        return {}
    found = {}
    for block in body:
        if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING"):
            for line in block.body:
                if isinstance(line, ast.ImportFrom) and line.module:
                    found.update({one.name: line.module for one in line.names if not one.asname})
    return found


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
