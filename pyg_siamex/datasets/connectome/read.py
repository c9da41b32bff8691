"""Read subjects from a folder with a table of labels or from one NumPy archive."""

import logging
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from pyg_siamex.datasets import numpy_file
from pyg_siamex.datasets.connectome.array_file import SUFFIXES, read_array
from pyg_siamex.datasets.connectome.check import Invalid
from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.csv_rows import read_rows
from pyg_siamex.datasets.numpy_file import npz_shapes

_logger = logging.getLogger(__name__)


def read_folder(
    folder: str | os.PathLike[str],
    table: str | os.PathLike[str] | None = None,
    *,
    label: str | None = None,
    subject: str = "subject",
    file_name: str = "{subject}",
    key: str | None = None,
    invalid: Invalid = "raise",
) -> Subjects:
    """Read subjects from a folder with one file each: connectivity matrices or time series.

    Args:
        folder: Folder of ``.csv``, ``.tsv``, ``.txt``, ``.1D``, ``.npy`` or ``.mat`` files. Text
            files may have names in the first row and column. Other files are ignored.
        table: Comma, semicolon or tab separated file with a row per subject, or ``None`` for
            subjects without labels. A table inside the folder is not read as a matrix.
        label: Column of the target; needed with ``table``.
        subject: Column of the subjects' names.
        file_name: Name of a subject's file without its suffix, such as
            ``"sub-{subject}_atlas-aal"``.
        key: Variable of ``.mat`` files. Default: the only matrix in them.
        invalid: ``"raise"`` an error if a subject has a label without a file or a file without a
            label, or ``"skip"`` these subjects and log their names.

    Raises:
        FileNotFoundError: If the folder, the table or every file is missing.
        ValueError: If a subject has two files or two rows, a column is missing, a file cannot be
            read, or files and rows do not fit and ``invalid="raise"``.
    """
    if (table is None) != (label is None):
        raise ValueError("give table and label together, or neither")
    if invalid not in ("raise", "skip"):
        raise ValueError(f"invalid must be 'raise' or 'skip' (got '{invalid}')")
    files = _files(Path(folder), table, file_name)
    labels = None
    if table is not None and label is not None:
        labels = _labels(Path(table), subject, label)
        _compare(files, labels, Path(folder), Path(table), invalid)
        files = {name: path for name, path in files.items() if name in labels}
        if not files:
            raise ValueError(f"no file of {folder} is named after a subject of {table}")
    return Subjects(
        [read_array(path, key) for path in files.values()],
        list(files),
        None if labels is None else [labels[name] for name in files],
    )


def read_npz(
    path: str | os.PathLike[str],
    arrays: str,
    label: str | None = None,
    names: str | None = None,
    class_names: str | None = None,
) -> Subjects:
    """Read subjects from one ``.npz`` archive.

    Args:
        path: The file.
        arrays: Name of the matrices in it, ``[S, R, R]``, or of the time series, ``[S, T, R]``.
        label: Name of the targets ``[S]``, or ``None``.
        names: Name of the subjects' names ``[S]``, or ``None``.
        class_names: Name of the classes' names, in the order of their numbers, or ``None``.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If an array is missing, damaged or too large for the memory, holds pickled
            objects or complex numbers, or lengths differ.
    """
    small = [key for key in (names, label, class_names) if key is not None]
    read = numpy_file.read_npz(path, small)
    shape = npz_shapes(path).get(arrays)
    if shape is not None and len(shape) != 3:
        raise ValueError(f"'{arrays}' of {path} has shape {list(shape)}: it must be [S, R, R]")
    read |= numpy_file.read_npz(path, [arrays])
    if read[arrays].dtype.kind not in "biuf":
        raise ValueError(
            f"'{arrays}' of {path} holds values of {read[arrays].dtype}: it must hold real numbers"
        )
    found = [None if key is None else read[key].tolist() for key in (names, label, class_names)]
    return Subjects(read[arrays], *found)


def _files(folder: Path, table: str | os.PathLike[str] | None, file_name: str) -> dict[str, Path]:
    """File of each subject, in alphabetical order."""
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}")
    if file_name.count("{subject}") != 1:
        raise ValueError(f"file_name must contain '{{subject}}' once (got '{file_name}')")
    before, after = map(re.escape, file_name.split("{subject}"))
    pattern = re.compile(f"{before}(.+){after}")
    out: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        match = pattern.fullmatch(path.stem)
        if path.suffix.lower() not in SUFFIXES or match is None or not path.is_file():
            continue
        if table is not None and path.resolve() == Path(table).resolve():
            continue
        twin = out.setdefault(match[1], path)
        if twin is not path:
            raise ValueError(f"subject '{match[1]}' has two files: {twin.name} and {path.name}")
    if not out:
        raise FileNotFoundError(f"{folder} has no {'/'.join(SUFFIXES)} file named {file_name}")
    return out


def _labels(path: Path, subject: str, label: str) -> dict[str, str]:
    """Label of each subject as written in the table."""
    rows = read_rows(path, [subject, label])
    for row in rows:
        if row.problem:
            raise ValueError(f"line {row.line} of {path}: {row.problem}")
    names = [row.cells[subject] for row in rows]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{path} has {len(twice)} subjects twice, such as '{twice[0]}'")
    return {row.cells[subject]: row.cells[label] for row in rows}


def _compare(
    files: Mapping[str, Path], labels: Mapping[str, str], folder: Path, table: Path, invalid: str
) -> None:
    for missing, where, other in (
        ([name for name in files if name not in labels], f"no row in {table}", "a file"),
        ([name for name in labels if name not in files], f"no file in {folder}", "a label"),
    ):
        if not missing:
            continue
        message = (
            f"{len(missing)} subjects have {other} and {where}: {', '.join(missing[:10])}"
            f"{', ...' if len(missing) > 10 else ''}"
        )
        if invalid == "raise":
            raise ValueError(f"{message} (invalid='skip' leaves them out)")
        _logger.warning("left out: %s", message)
