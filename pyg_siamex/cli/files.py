"""Files that a command cannot read or write are refused before the long work."""

from collections.abc import Iterable
from pathlib import Path

from pyg_siamex._writable import check_apart, check_kind, check_not_kept, check_writable
from pyg_siamex.recipe.choices import check_suffix


def check_folder(path: Path, purpose: str) -> None:
    """Refuse a file to write whose folder is not there, or that may not be written.

    Args:
        path: The file.
        purpose: What the folder is for, for the message, such as ``"write the page into"``.

    Raises:
        FileNotFoundError: If its folder is not there.
        OSError: If it cannot be written.
    """
    check_writable(path, purpose)
    check_not_kept(path)


def check_page(out: Path, reads: Iterable[Path | None] = ()) -> None:
    """Refuse a page that cannot be written.

    Args:
        out: The page.
        reads: What the command reads; ``None`` for what is not given.

    Raises:
        ValueError: If it does not end in ``.html``, or is read.
        FileNotFoundError: If its folder is not there.
        OSError: If it cannot be written.
    """
    check_suffix("out", out, [".html"])
    check_writable(out, "write the page into")
    check_apart([out], reads)
    check_not_kept(out)


def check_kept(path: Path | None, kind: str, purpose: str) -> None:
    """Refuse a file of the library that cannot be written, or is of another kind.

    Args:
        path: The file, or ``None``.
        kind: What it will hold, ``"model"``.
        purpose: What its folder is for, for the message.

    Raises:
        ValueError: If there is a file of another kind.
        OSError: If it cannot be written.
    """
    if path is not None:
        check_writable(path, purpose)
        check_kind(path, kind)


def as_path(given: str | Path | None) -> Path | None:
    """A path, or ``None``.

    Args:
        given: What an option says.
    """
    return None if given is None else Path(given)
