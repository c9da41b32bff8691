"""Kinds of the fields of the library's data classes, which can be edited after they were made."""

from dataclasses import fields, is_dataclass

from pyg_siamex._kinds import Kind, kind_of
from pyg_siamex._names import resolved


def holds_fields(cls: type) -> bool:
    """Whether a class is a data class of the library.

    Args:
        cls: Any class.

    Example:
        >>> holds_fields(Kind), holds_fields(int)
        (True, False)
    """
    return is_dataclass(cls) and cls.__module__.startswith("pyg_siamex.")


def field_kinds(cls: type) -> dict[str, Kind]:
    """What the fields of a data class must be, by name; fields that may be anything are left out.

    Args:
        cls: A data class of the library.

    Example:
        >>> field_kinds(Kind)["words"].words
        'a text'
    """
    if cls not in _KNOWN:
        made = vars(cls).get("__init__")  # has the names of the module
        kinds = {one.name: kind_of(resolved(one.type, made), exact=True) for one in fields(cls)}
        _KNOWN[cls] = {name: kind for name, kind in kinds.items() if kind is not None}
    return _KNOWN[cls]


def was_edited(cls: type, part: str, value: object) -> bool:
    """Whether a part that does not fit was set after its object was made.

    The construction leaves choices among texts to those who read them.

    Args:
        cls: A data class of the library.
        part: Name of the field.
        value: Its value.

    Example:
        >>> was_edited(Kind, "words", 3)
        True
    """
    noted = next(one.type for one in fields(cls) if one.name == part)
    kind = kind_of(resolved(noted, vars(cls).get("__init__")))
    return kind is None or not kind.fits(value)


_KNOWN: dict[type, dict[str, Kind]] = {}
