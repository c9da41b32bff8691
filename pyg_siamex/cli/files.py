"""Files that a command cannot read or write are refused before the long work."""

from pathlib import Path


def check_there(path: Path, what: str) -> None:
    """Refuse a file that is not there.

    Args:
        path: The file.
        what: What it holds, for the message.

    Raises:
        FileNotFoundError: If the file does not exist.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no {what} at {path}")


def check_folder(path: Path, purpose: str) -> None:
    """Refuse a file to write whose folder is not there.

    Args:
        path: The file.
        purpose: What the folder is for, for the message, such as ``"write the page into"``.

    Raises:
        FileNotFoundError: If its folder is not there.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {path.parent} to {purpose}")


def check_page(out: Path) -> None:
    """Refuse a page that cannot be written.

    Args:
        out: The page.

    Raises:
        ValueError: If it does not end in ``.html``.
        FileNotFoundError: If its folder is not there.
    """
    if out.suffix.lower() != ".html":
        raise ValueError(f"`out` must end in .html (got '{out}')")
    check_folder(out, "write the page into")
