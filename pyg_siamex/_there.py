"""Files that are read, found out before they are opened."""

from os import PathLike
from pathlib import Path


def check_there(path: str | PathLike[str], what: str = "file") -> Path:
    """Refuse a path without a file.

    Args:
        path: The file; links are followed.
        what: What it holds, for the message.

    Returns:
        The path.

    Raises:
        FileNotFoundError: If it is not there, a folder, or a link to nothing.

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
        return place
    why = ""
    if place.is_dir():
        why = ": it is a folder"
    elif place.is_symlink():
        why = f": it is a link to {place.readlink()}, which is not there"
    elif place.exists():
        why = ": it is neither a file nor a folder"
    raise FileNotFoundError(f"no {what} at {path}{why}")
