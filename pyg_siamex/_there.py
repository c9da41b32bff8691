"""Files that are read, found out before they are opened."""

from os import PathLike
from pathlib import Path

_POINTERS = {
    b"version https://git-lfs.github.com/spec/": ("Git LFS", "git lfs pull"),
    b"/annex/objects/": ("git-annex", "datalad get, or git annex get"),
}
"""How files begin that stand for others in a repository, and how these are fetched."""


def check_there(path: str | PathLike[str], what: str = "file") -> Path:
    """Refuse a path without a file.

    Args:
        path: The file; links are followed.
        what: What it holds, for the message.

    Returns:
        The path.

    Raises:
        FileNotFoundError: If it is not there, a folder, or a link to nothing.
        ValueError: If it only points to a file that was not fetched.

    Example:
        >>> check_there(".", "table")
        Traceback (most recent call last):
        ...
        FileNotFoundError: no table at .: it is a folder
    """
    if not str(path):
        raise FileNotFoundError(f"no {what}: the name of the file is empty")
    place = Path(path)
    if place.is_file():
        _check_fetched(place, what)
        return place
    why = ""
    if place.is_dir():
        why = ": it is a folder"
    elif place.is_symlink():
        why = f": it is a link to {place.readlink()}, which is not there"
    elif place.exists():
        why = ": it is neither a file nor a folder"
    raise FileNotFoundError(f"no {what} at {path}{why}")


def _check_fetched(path: Path, what: str) -> None:
    """Refuse the pointer that a repository has in place of a large file."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError:  # told by its reader
        return
    for magic, (tool, fetch) in _POINTERS.items():
        if start.startswith(magic):
            raise ValueError(
                f"{path} only points to the {what}, which {tool} has not fetched: {fetch}"
            )
