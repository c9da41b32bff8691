"""Where a model's data are, as its file says it: never by an absolute path."""

import logging
import os
from pathlib import Path
from typing import Any

from pyg_siamex._paths import real_path

_logger = logging.getLogger(__name__)


def path_beside(path: str | Path, file: str | Path) -> str:
    """A path as it is written into a file: relative to the file's folder.

    Where only the root, or a drive, has both, the way would spell out the absolute path: then it is
    the name alone.

    Args:
        path: Where the data are.
        file: The file that is to say so.

    Example:
        >>> path_beside("/lab/study/matrices", "/lab/models/brains.siamex")
        '../study/matrices'
        >>> path_beside("/lab/study/matrices", "/home/ann/brains.siamex")
        'matrices'
    """
    place, folder = real_path(path), real_path(file).parent
    try:
        shared = Path(os.path.commonpath([place, folder]))
    except ValueError:  # on two drives
        return place.name
    if shared == Path(shared.anchor):
        return place.name
    return Path(os.path.relpath(place, folder)).as_posix()


def with_paths_beside(metadata: dict[str, Any], file: str | Path) -> dict[str, Any]:
    """What a model's file says, its source relative to the file.

    Args:
        metadata: With the path of the data as ``source``, or as ``path`` in it, or without any.
        file: The model's file.
    """
    return _with_path(metadata, lambda path: _told(path, file))


def with_paths_from(metadata: dict[str, Any], file: str | Path) -> dict[str, Any]:
    """What :func:`with_paths_beside` wrote, with absolute paths again.

    Args:
        metadata: What the file says.
        file: The model's file, wherever it is now.
    """
    folder = real_path(file).parent
    return _with_path(metadata, lambda path: str(real_path(folder / path)))


def _told(path: str, file: str | Path) -> str:
    found = path_beside(path, file)
    if real_path(real_path(file).parent / found) != real_path(path):
        _logger.warning(
            "%s does not hold the absolute path of %s: name it for other commands, or keep the "
            "model nearer to it",
            file,
            path,
        )
    return found


def _with_path(metadata: dict[str, Any], written: Any) -> dict[str, Any]:
    source = metadata.get("source")
    if isinstance(source, str):
        return {**metadata, "source": written(source)}
    if isinstance(source, dict) and isinstance(source.get("path"), str):
        return {**metadata, "source": {**source, "path": written(source["path"])}}
    return metadata
