"""Whether files can be written, and where, found out before any long work."""

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

LONGEST_NAME = 255
"""Most bytes of a name on common file systems."""


def check_writable(path: str | Path, purpose: str = "") -> Path:
    """Refuse a path that no file can be written to.

    Args:
        path: The file; links are followed.
        purpose: What its folder is for, for the message, such as ``"write the page into"``.

    Returns:
        The file that would be written, without links.

    Raises:
        FileNotFoundError: If its folder does not exist.
        OSError: If it is a folder or a device that cannot be written, if it or its folder may not
            be written, or if its name is empty or too long.
    """
    if not str(path):
        raise OSError("the name of the file to write is empty: give a name")
    if isinstance(path, str) and path.endswith("/"):  # a Path has lost it
        raise OSError(f"{path} is the name of a folder: name a file in it")
    target = _without_links(path)
    folder = target.parent
    if not folder.is_dir():
        shown = folder if os.path.islink(path) else Path(path).parent
        raise FileNotFoundError(
            f"no folder {shown} to {purpose or f'write {target.name} into'}: make it first"
        )
    if len(os.fsencode(target.name)) > LONGEST_NAME:
        raise OSError(f"the name of {str(path)[:60]}... is longer than {LONGEST_NAME} bytes")
    if target.is_dir():
        raise OSError(f"{path} is a folder: name a file in it")
    if is_device(target):
        return target
    if target.exists() and not target.is_file():
        raise OSError(f"{path} is neither a file nor a device that can be written: choose another")
    if target.exists() and not os.access(target, os.W_OK):
        raise OSError(f"{path} may not be written: change its permissions, or choose another")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OSError(f"no files may be written into the folder {folder}: choose another")
    if why := _why_none(folder, target.name):
        raise OSError(f"no files can be written into the folder {folder} ({why}): choose another")
    return target


_OF_FILES = (".html", ".svg", ".png", ".pdf", ".csv", ".tsv", ".parquet", ".xlsx", ".json")
"""Endings of pages, pictures and tables, which nobody gives a folder or a kept file."""


def check_folder_name(argument: str, path: str | Path) -> None:
    """Refuse a new folder that has the name of a page, a picture or a table.

    Args:
        argument: Name of the argument.
        path: The folder.

    Raises:
        ValueError: If it is not there, and its name ends as a file's.

    Example:
        >>> check_folder_name("out", "explained")
    """
    path = Path(path)
    if path.suffix.lower() in _OF_FILES and not path.exists():
        raise ValueError(
            f"`{argument}` is a folder, and '{path}' has the name of a file: leave '{path.suffix}' "
            f"out"
        )


def check_new_folder(argument: str, path: str | Path) -> None:
    """Refuse a folder that cannot be there, before long work whose files are written into it.

    Args:
        argument: Name of the argument.
        path: The folder; it and the folders above it need not be there yet.

    Raises:
        ValueError: If it has no name, or that of a file.
        OSError: If it, or a folder above it, is a file or may not be written into.
    """
    if not str(path):
        raise ValueError(f"`{argument}` is empty: name a folder, or '.' for this one")
    check_folder_name(argument, path)
    target = _without_links(path)
    if any(len(os.fsencode(name)) > LONGEST_NAME for name in target.parts):
        told = f"the name of {str(path)[:60]}... is longer than {LONGEST_NAME} bytes"
        raise OSError(f"`{argument}`: {told}")
    there = next(one for one in (target, *target.parents) if one.exists())
    if not there.is_dir():
        raise NotADirectoryError(f"`{argument}`: {there} is a file: name a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise OSError(f"`{argument}`: no files may be written into the folder {there}")
    if why := _why_none(there, target.name):
        raise OSError(f"`{argument}`: no files can be written into the folder {there} ({why})")


def _why_none(folder: Path, name: str) -> str:
    """Why a folder takes no new file, which permissions alone do not tell; empty if it does."""
    trial = folder / f".{name[:60]}.{secrets.token_hex(4)}.partial"
    try:
        os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        return str(error.strerror)
    with contextlib.suppress(FileNotFoundError):
        trial.unlink()
    return ""


def is_device(path: Path) -> bool:
    """Whether a path is a device of characters, such as ``/dev/null``, which is never replaced."""
    try:
        return stat.S_ISCHR(path.stat().st_mode)
    except OSError:
        return False


def check_kind(path: str | Path, kind: str) -> None:
    """Refuse to write over a file that holds something else.

    Args:
        path: The file.
        kind: What files of this format hold, ``"model"``.

    Raises:
        ValueError: If there is a file of another kind, or the name is that of a page, a picture or
            a table.
        OSError: If no file can be written there, see :func:`check_writable`.
    """
    target = check_writable(path)
    if not target.is_file() or not target.stat().st_size:
        if Path(path).suffix.lower() in _OF_FILES:
            raise ValueError(
                f"'{path}' has the name of a page, a picture or a table, and a file of the kind "
                f"'{kind}' is written: leave '{Path(path).suffix}' out"
            )
        return
    if f'"pyg_siamex {kind} '.encode() not in _start(target):
        raise ValueError(
            f"{path} is there and holds no {kind}: choose another name, or delete it first"
        )


def check_same_table(path: str | Path, what: str, start: str) -> None:
    """Refuse to write a table over a file that holds something else.

    Args:
        path: The file.
        what: What the table lists, ``"hits"``.
        start: How such a table begins, or what its first rows hold.

    Raises:
        ValueError: If there is a file of another kind.
        OSError: If no file can be written there, see :func:`check_writable`.
    """
    target = check_writable(path, f"write the {what} into")
    if not target.is_file() or not target.stat().st_size:
        return
    content, head = _start(target), start.encode()
    known = head in content if target.suffix.lower() == ".sdf" else content.startswith(head)
    if not known:
        raise ValueError(
            f"{path} is there and is no table of {what}: choose another name, or delete it first"
        )


def check_not_kept(path: str | Path) -> None:
    """Refuse to write a table, a page or a picture over a file that keeps what the library made.

    Args:
        path: The file.

    Raises:
        ValueError: If there is a model, an explanation or another file of the library's own.
        OSError: If no file can be written there, see :func:`check_writable`.
    """
    found = kept_in(check_writable(path))
    if found:
        raise ValueError(
            f"{path} is there and holds '{found}', which would be lost: choose another "
            f"name, or delete it first"
        )


def kept_in(path: Path) -> str:
    """What a file of the library's own keeps, such as ``"model"``; empty for other files.

    Args:
        path: The file, which need not be there.
    """
    found = _KEPT.search(_start(path)) if path.is_file() else None
    return "" if found is None else found[1].decode()


def check_suffix(argument: str, path: Path, suffixes: Sequence[str]) -> None:
    """Refuse a file to write whose ending says another format.

    Args:
        argument: Name of the argument.
        path: The file; capitals do not matter.
        suffixes: What its name may end in.

    Raises:
        ValueError: If it ends otherwise.

    Example:
        >>> check_suffix("out", Path("pair.SVG"), [".svg", ".png"])
    """
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"`{argument}` must end in {' or '.join(suffixes)} (got '{path}')")


def check_table(path: str | Path, suffixes: Sequence[str]) -> None:
    """Refuse a table to write whose ending says another format; devices have none.

    Args:
        path: The file.
        suffixes: What its name may end in.

    Raises:
        ValueError: If it ends otherwise.
    """
    if not is_device(_without_links(path)):
        check_suffix("path", Path(path), suffixes)


def _start(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(_START)


_START = 1 << 16
"""Bytes of a file in which its format is told."""

_KEPT = re.compile(rb'^(?:.{8})?\{.*"format": ?"pyg_siamex ([a-z ]+) \d', re.DOTALL)
"""How files of the library's own begin, after the length of the header in safetensors files."""


def check_apart(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Refuse outputs that are an input, or each other.

    Args:
        outputs: Files to write; ``None`` for a file that is not asked for.
        inputs: Files and folders to read.

    Raises:
        ValueError: Names the output.
    """
    read = {_without_links(path) for path in inputs if path is not None}
    seen: set[Path] = set()
    for path in outputs:
        if path is None or is_device(target := _without_links(path)):
            continue
        if target in read or any(_same(target, other) for other in read):
            raise ValueError(f"{path} is read, and would be written over: choose another name")
        if target in seen:
            raise ValueError(f"{path} is asked for twice: give each output a name of its own")
        seen.add(target)


def _same(path: Path, other: Path) -> bool:
    """Whether two names are one file, by another link."""
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


def is_full(error: OSError) -> bool:
    """Whether an error says that no more can be written."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _without_links(path: str | Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except (ValueError, OSError) as error:  # a zero in the name, or links in a circle
        raise OSError(f"{str(path)[:80]!r} is not a name of a file ({error})") from None
