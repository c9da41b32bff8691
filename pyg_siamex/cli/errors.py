"""User errors end in one line and exit code 2, never in a traceback."""

import functools
import logging
import re
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console

from pyg_siamex._extras import MissingExtraError

_P = ParamSpec("_P")
_R = TypeVar("_R")

_ARGUMENT = re.compile(r"`(\w+)`")
"""An argument as the library's messages name it."""


def one_line_errors(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Print errors of the user's as one line, and exit with code 2.

    These are wrong values, missing or unreadable files, and extras that are not installed.
    """

    @functools.wraps(command)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except (ValueError, TypeError, OSError, MissingExtraError) as error:
            message = with_flags(" ".join(str(error).split()))
            console = Console(stderr=True, soft_wrap=True, highlight=False)
            console.print(f"error: {message}", style="bold red", markup=False)
            raise typer.Exit(2) from error

    return guarded


def with_flags(message: str) -> str:
    """A message with arguments written as options of the command line.

    Args:
        message: Text in which arguments are named as in Python.

    Example:
        >>> with_flags("`file_name` is for a folder")
        '--file-name is for a folder'
    """
    return _ARGUMENT.sub(lambda found: f"--{found[1].replace('_', '-')}", message)


class FlagFormatter(logging.Formatter):
    """Log messages alone, with arguments written as options of the command line."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        return with_flags(super().format(record))
