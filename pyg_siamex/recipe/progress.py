"""How far long work is, for people at a terminal."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

_Item = TypeVar("_Item")


def steps(items: Iterable[_Item], total: int, words: str) -> Iterator[_Item]:
    """The items, with a bar on standard error while they are worked on.

    Nothing is written where standard error is not a terminal.

    Args:
        items: What is worked on.
        total: How many there are.
        words: What is done.

    Example:
        >>> list(steps("ab", 2, "spelling"))
        ['a', 'b']
    """
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    if not console.is_terminal:  # Rich 13 writes an empty line for a bar that is switched off
        yield from items
        return
    yield from track(items, words, total=total, console=console, transient=True)
