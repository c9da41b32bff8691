"""Write files so that they appear complete or not at all."""

import contextlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyg_siamex._temporary import temporary_folder
from pyg_siamex._writable import check_kind, check_not_kept, check_writable, is_device, is_full

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

_SUFFIX = ".partial"


@contextmanager
def whole_file(path: str | Path, kind: str | None = None) -> Iterator[str]:
    """Write to a temporary file beside ``path`` and rename it when the block ends well.

    The content is on the disk before the rename. Links are followed, an existing file keeps its
    mode, and a device such as ``/dev/null`` is written to and never replaced. Temporary files of
    processes that were killed are removed.

    Args:
        path: The file to write; replaced if it exists, untouched if the block raises.
        kind: What files of this format of the library's own hold, ``"model"``. Default: a format of
            others, which never replaces a file of the library's own.

    Yields:
        Path of the temporary file.

    Raises:
        ValueError: If there is a file of another kind.
        FileNotFoundError: If the folder does not exist.
        OSError: If the file cannot be written, see :func:`~pyg_siamex._writable.check_writable`,
            or the disk is full.
    """
    target = check_writable(path)
    check_not_kept(path) if kind is None else check_kind(path, kind)
    if is_device(target):
        with _named(path), _into_device(target) as temporary:
            yield temporary
        return
    _remove_strays(target)
    with _named(path):
        temporary, handle = _new_file(target)
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        if isinstance(error, OSError) and is_full(error):
            kept = ", and the older file is whole" if target.exists() else ""
            told = f"the disk is full: {path} was not written{kept}"
            raise OSError(error.errno, told) from error
        raise
    finally:
        os.close(handle)
    _flush_folder(target.parent)


@contextmanager
def _named(path: str | Path) -> Iterator[None]:
    """Name the file that was asked for in errors that name none, or a temporary one."""
    try:
        yield
    except OSError as error:
        if error.strerror is not None:
            error.filename = str(path)
        raise


@contextmanager
def _into_device(target: Path) -> Iterator[str]:
    with temporary_folder() as folder:
        temporary = os.path.join(folder, "content")
        Path(temporary).touch()
        yield temporary
        with open(temporary, "rb") as content, open(target, "wb") as device:
            shutil.copyfileobj(content, device)


def _new_file(target: Path) -> tuple[str, int]:
    """A new file beside the target, and its handle, which is locked while the file is written."""
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666
    while True:
        path = f"{_prefix(target)}{secrets.token_hex(4)}{_SUFFIX}"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            continue
        if _locked(handle, wait=True) and os.path.exists(path):
            break
        os.close(handle)  # removed as a stray between its making and its lock
    if target.exists():
        os.chmod(path, mode)
        _keep_owner(path, target)
    return path, handle


def _prefix(target: Path) -> str:
    """How temporary files of a target begin, also where its name is nearly too long."""
    return str(target.parent / f".{target.name[:60]}.")


def _keep_owner(path: str, target: Path) -> None:
    owner = target.stat()
    if hasattr(os, "chown") and (owner.st_uid, owner.st_gid) != (os.getuid(), os.getgid()):
        with contextlib.suppress(OSError):
            os.chown(path, owner.st_uid, owner.st_gid)


def _remove_strays(target: Path) -> None:
    """Remove the temporary files that no living process writes."""
    name = re.compile(re.escape(Path(_prefix(target)).name) + "[0-9a-f]{8}" + re.escape(_SUFFIX))
    for stray in target.parent.glob(f".*{_SUFFIX}"):
        if name.fullmatch(stray.name):
            with contextlib.suppress(OSError):
                handle = os.open(stray, os.O_RDWR)
                try:
                    if _locked(handle, wait=False):
                        os.unlink(stray)
                finally:
                    os.close(handle)


def _locked(handle: int, wait: bool) -> bool:
    """Lock an open file; a process that dies gives its locks up."""
    if fcntl is None:
        return wait
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # file systems without locks: strays stay
        return wait
    return True


def _flush(path: str) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Let the new name survive a loss of power, where folders can be flushed."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
