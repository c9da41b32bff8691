"""User errors end in one line and exit code 2, never in a traceback; Ctrl-C in exit code 130."""

import functools
import inspect
import logging
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import ParamSpec, TypeVar, get_args

import typer
from rich.console import Console
from typer.models import ArgumentInfo

from pyg_siamex._extras import MissingExtraError
from pyg_siamex._visible import in_one_line

_P = ParamSpec("_P")
_R = TypeVar("_R")

_ARGUMENT = re.compile(r"`(\w+)(?:=(True|False|'[^`']*'))?`")
"""An argument as the library's messages name it, with a value or without."""

_QUOTE = "'"

_OTHERWISE = {
    "drop_regions=False": "--fill-regions",
    "invalid='skip'": "no --strict",
    "label_kind='classes'": "--classes",
    "label_kind='measured'": "--measured",
}
"""Arguments that the command line calls otherwise."""

_TRACEBACK = "PYG_SIAMEX_TRACEBACK"
"""Variable of the environment that lets unexpected errors show their traceback."""

_REFUSED, _INTERRUPTED = 2, 130
"""Exit codes."""

_MEMORY = re.compile(r"can't allocate memory|out of memory|bad allocation|\bbad_alloc\b", re.I)
"""How torch and its back ends say that there is no memory left."""


def one_line_errors(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Print errors of users as one line.

    Wrong values, files that are missing or cannot be read or written, extras that are not
    installed, too little memory and errors that are not expected exit with code 2, Ctrl-C with code
    130. With ``PYG_SIAMEX_TRACEBACK=1`` in the environment, unexpected errors show a traceback.
    """
    arguments = _arguments(command)

    @functools.wraps(command)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        given = [*args, *kwargs.values()]
        try:
            with interruptible():
                return command(*args, **kwargs)
        except (ValueError, TypeError, OSError, MissingExtraError) as error:
            _say(f"error: {with_flags(_words(error, given), arguments)}")
            raise typer.Exit(_REFUSED) from error
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if isinstance(error, MemoryError) or _MEMORY.search(str(error)[:2000]):
                _say(
                    "error: there is not enough memory: use fewer or smaller graphs, or a smaller "
                    "model"
                )
            elif os.environ.get(_TRACEBACK):
                raise
            else:
                _say(
                    f"error: {type(error).__name__}: {str(error)[:2000]} (this is not expected: "
                    f"{_TRACEBACK}=1 shows where it comes from)"
                )
            raise typer.Exit(_REFUSED) from error

    return guarded


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end the command line in one line and code 130."""
    try:
        yield
    except KeyboardInterrupt:
        _say("interrupted")
        raise typer.Exit(_INTERRUPTED) from None


def _words(error: Exception, given: Iterable[object]) -> str:
    """The message of an error; of the system's, with the file first."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    file = _unreadable(given, error.errno) if error.filename is None else error.filename
    return error.strerror if file is None else f"{file}: {error.strerror}"


def _unreadable(given: Iterable[object], code: int | None) -> Path | None:
    """The file among the arguments whose reading ends with an error that named none."""
    listed = [one for value in given for one in (value if isinstance(value, list) else [value])]
    for path in (Path(one) for one in listed if isinstance(one, str | Path)):
        try:
            if path.is_file():  # others, such as pipes, might wait for ever
                path.open("rb", buffering=0).read(1)
        except OSError as error:
            if error.errno == code:
                return path
        except ValueError:  # no name of a file
            continue
    return None


def _say(line: str) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)
    console.print(in_one_line(line, 1500), style="bold red", markup=False)


def _arguments(command: Callable[..., object]) -> frozenset[str]:
    """Names of what a command takes by its place, without an option."""
    return frozenset(
        name
        for name, parameter in inspect.signature(command).parameters.items()
        if any(isinstance(one, ArgumentInfo) for one in get_args(parameter.annotation))
    )


def with_flags(message: str, arguments: Collection[str] = ()) -> str:
    """A message with arguments written as options of the command line.

    Args:
        message: Text in which arguments are named as in Python.
        arguments: Those that have no option, since their place tells what they are.

    Example:
        >>> with_flags("`file_name` is for a folder")
        '--file-name is for a folder'
        >>> with_flags("`matrices` is empty", ["matrices"])
        'MATRICES is empty'
        >>> with_flags("try `kind='partial'`, or `drop_regions=False`")
        'try --kind partial, or --fill-regions'
    """

    def flag(found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        if name in arguments and value is None:
            return name.upper()
        option = f"--{name.replace('_', '-')}"
        if value is None or value == "True":
            return option
        return _OTHERWISE.get(f"{name}={value}", f"{option} {quote(value.strip(_QUOTE))}")

    return _ARGUMENT.sub(flag, message)


class FlagFormatter(logging.Formatter):
    """Log messages alone, with arguments written as options of the command line."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text, its lines visible."""
        lines = with_flags(super().format(record)).splitlines()
        return "\n".join(in_one_line(line, 2000) for line in lines)
