"""What is wrong with an experiment or its files, in one line of the command."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from pyg_siamex._visible import in_one_line


@contextmanager
def refused(*kinds: type[Exception]) -> Iterator[None]:
    """Let errors of these kinds, and of files, end the command in one line and code 2."""
    try:
        yield
    except (*kinds, OSError) as error:
        words = str(error)
        if isinstance(error, OSError) and error.strerror and error.filename is not None:
            words = f"{error.filename}: {error.strerror}"
        raise typer.BadParameter(in_one_line(words, 1500)) from None
