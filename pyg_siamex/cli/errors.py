"""User errors end in one line and exit code 2, never in a traceback."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console

P = ParamSpec("P")
R = TypeVar("R")


def one_line_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Print ``ValueError`` and missing or unreadable files as one line, exit with code 2."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (ValueError, TypeError, OSError, UnicodeDecodeError) as error:
            message = " ".join(str(error).split())
            console = Console(stderr=True, soft_wrap=True, highlight=False)
            console.print(f"error: {message}", style="bold red", markup=False)
            raise typer.Exit(2) from error

    return guarded
