"""Options of a command that are the fields of one object."""

import inspect
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from copy import copy
from dataclasses import MISSING, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from pyg_siamex._versions import typer_type


class OptionGroup:
    """Typer options for fields of a dataclass, in one panel of the help.

    It stands in a parameter's annotation, ``Annotated[MoleculeColumns, OptionGroup(...)]``.

    Args:
        panel: Heading of the options in the help.
        **options: Option of each field, in the order of the help; ``typer.Option(...)``.
    """

    def __init__(self, panel: str, **options: OptionInfo) -> None:
        self.options: dict[str, OptionInfo] = {
            name: _in_panel(option, panel) for name, option in options.items()
        }

    def parameters(self, kind: type) -> list[inspect.Parameter]:
        """The options as parameters of a command, with the types and defaults of the fields.

        Args:
            kind: The dataclass.
        """
        types, known = get_type_hints(kind), {field.name: field for field in fields(kind)}
        return [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_default(known[name].default),
                annotation=Annotated[_read_as(types[name]), option],
            )
            for name, option in self.options.items()
        ]


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take objects for its groups of options.

    Args:
        command: A function some of whose parameters are annotated with an :class:`OptionGroup`.

    Returns:
        The command with the options of the groups as parameters of their own, for Typer.
    """
    own = inspect.signature(command, eval_str=True).parameters
    groups = {name: _group(parameter.annotation) for name, parameter in own.items()}
    taken: dict[str, tuple[type, list[str]]] = {}
    flat: list[inspect.Parameter] = []
    for name, group in groups.items():
        if group is None:
            flat.append(own[name].replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        options = group[1].parameters(group[0])
        taken[name] = group[0], [option.name for option in options]
        flat += options

    @wraps(command)
    def flattened(**given: Any) -> None:
        context = given.pop(_CONTEXT, None)
        options = [(kind, option) for kind, names in taken.values() for option in names]
        made = {
            name: kind(**{option: given.pop(option) for option in options})
            for name, (kind, options) in taken.items()
        }
        before = _WRITTEN.set(_on_command_line(context, options))
        try:
            command(**given, **made)
        finally:
            _WRITTEN.reset(before)

    flat.append(
        inspect.Parameter(_CONTEXT, inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    )
    flattened.__signature__ = inspect.Signature(flat)  # type: ignore[attr-defined]
    flattened.__annotations__ = {parameter.name: parameter.annotation for parameter in flat}
    return flattened


Written = frozenset[tuple[type, str]]
"""Options of a command line: the data class that each belongs to, and its field."""


def written() -> Written:
    """Options of the running command that are on its command line, also with their defaults."""
    return _WRITTEN.get()


_CONTEXT = "typer_context"
_WRITTEN: ContextVar[Written] = ContextVar("written", default=frozenset())


def _on_command_line(context: typer.Context | None, options: Iterable[tuple[type, str]]) -> Written:
    if context is None:
        return frozenset()
    sources = {one: context.get_parameter_source(one[1]) for one in options}
    return frozenset(one for one, source in sources.items() if source and source.name == _LINE)


_LINE = "COMMANDLINE"


def _group(annotation: Any) -> tuple[type, OptionGroup] | None:
    if get_origin(annotation) is not Annotated:
        return None
    kind, *notes = get_args(annotation)
    found = [note for note in notes if isinstance(note, OptionGroup)]
    return (kind, found[0]) if found else None


def _in_panel(option: OptionInfo, panel: str) -> OptionInfo:
    """The option in the panel, unless it has one of its own."""
    option = copy(option)
    option.rich_help_panel = option.rich_help_panel or panel
    return option


def _read_as(kind: Any) -> Any:
    """What Typer reads a field as: a path where it may be one."""
    return Path | None if Path in get_args(kind) else typer_type(kind)


def _default(value: Any) -> Any:
    return inspect.Parameter.empty if value is MISSING else value
