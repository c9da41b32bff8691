"""Files that units read and the project may not pass on."""

import os
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "PYG_SIAMEX_DATA"


def data_file(name: str) -> Path:
    """Path of a file in the data folder.

    Raises:
        FileNotFoundError: If the folder is not known or has no such file.
    """
    if reason := why_missing([name]):
        raise FileNotFoundError(reason)
    return Path(os.environ[VARIABLE]) / name


def why_missing(names: Iterable[str]) -> str:
    """What keeps a unit from running, or an empty string."""
    names = list(names)
    if not names:
        return ""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return f"needs {', '.join(names)}: give their folder with --data or in {VARIABLE}"
    if not Path(folder).is_dir():
        return f"needs {', '.join(names)}, and {folder} is no folder"
    absent = [name for name in names if not (Path(folder) / name).exists()]
    return f"{folder} has no {', '.join(absent)}" if absent else ""


def use_folder(folder: Path) -> None:
    """Read files that units need from a folder.

    Raises:
        ValueError: If there is no such folder.
    """
    if not folder.is_dir():
        why = "it is a file" if folder.exists() else "it is not there"
        raise ValueError(f"--data must be a folder, and {folder} is none: {why}")
    os.environ[VARIABLE] = str(folder.resolve())
