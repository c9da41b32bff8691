"""Read subjects from a folder with a table of labels or from one archive."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyg_siamex._door import checked
from pyg_siamex.datasets import numpy_file
from pyg_siamex.datasets.connectome.about import about_subjects, check_label
from pyg_siamex.datasets.connectome.array_file import read_array
from pyg_siamex.datasets.connectome.bids import entities
from pyg_siamex.datasets.connectome.check import LEFT_OUT, Invalid
from pyg_siamex.datasets.connectome.region_array import RegionArray, check_first
from pyg_siamex.datasets.connectome.region_order import in_one_order
from pyg_siamex.datasets.connectome.subject_files import say_unread, subject_files
from pyg_siamex.datasets.connectome.subject_rows import (
    SubjectTable,
    case_hint,
    subjects_without,
)
from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.connectome.triangle import Triangle, check_triangle, from_triangle
from pyg_siamex.datasets.connectome.unused import VECTORS, check_unused, have_names
from pyg_siamex.datasets.doubtful_classes import warn_of_names
from pyg_siamex.datasets.label import check_in_a_row
from pyg_siamex.datasets.numpy_file import npz_shapes

_logger = logging.getLogger(__name__)

_NAMED_ARRAYS = "for .mat and .netcc files, and {} has none"


@checked
def read_folder(
    folder: str | os.PathLike[str],
    table: str | os.PathLike[str] | None = None,
    *,
    label: str | None = None,
    subject: str = "subject",
    file_name: str | None = None,
    key: str | None = None,
    invalid: Invalid = "raise",
    group: str | None = None,
    site: str | None = None,
    series: bool = False,
    triangle: Triangle | None = None,
    absent: bool = False,
) -> Subjects:
    """Read subjects from a folder with one file each: connectivity matrices or time series.

    Regions are aligned over subjects by the names in the files' headers. BIDS derivatives are found
    in the folders below; scans of a person (``sub-01_ses-1``, ``sub-01_ses-2``) are one group.

    Args:
        folder: Folder of files that :func:`~pyg_siamex.datasets.connectome.array_file.read_array`
            reads. Other files are ignored.
        table: Comma, semicolon or tab separated file with a row per subject, or per subject and
            session, or ``None`` for subjects without labels. A table inside the folder is not read
            as a matrix.
        label: Column of the target; needed with ``table``.
        subject: Column of the subjects' names; 1 and 01 are one subject where nothing else can be
            meant.
        file_name: Name of a subject's file without its ending, such as ``"{subject}_aal"``, or a
            pattern of BIDS files, such as ``"*_seg-Gordon_*_relmat"``. Default: all files.
        key: Variable of ``.mat`` files, matrix of ``.netcc`` files. Default: the only one.
        invalid: ``"raise"`` an error if a subject has a label without a file or a file without a
            label, or ``"skip"`` these subjects and log their names.
        group: Column of keys of subjects that stay together in every split, such as families.
            Default: scans of a person.
        site: Column of the sites where subjects were measured.
        series: Whether time series are wanted where a folder has matrices too.
        triangle: How vectors are written, ``"upper"`` or ``"lower"``, see
            :func:`~pyg_siamex.datasets.connectome.triangle.from_triangle`.
        absent: Whether files may lack regions that others have; these become NaN, see
            :func:`~pyg_siamex.datasets.connectome.missing_regions.complete_regions`.

    Raises:
        FileNotFoundError: If the folder, the table or every file is missing.
        ValueError: If a subject has two files or two rows, a column is missing, a file cannot be
            read, files differ in their regions, an identifier may be of two subjects, files and
            rows do not fit and ``invalid="raise"``, ``label`` is also the column of the subjects
            or groups, or no file has a use for ``key`` or ``triangle``.
    """
    if (table is None) != (label is None):
        raise ValueError("give table and label together, or neither")
    if invalid not in ("raise", "skip"):
        raise ValueError(f"invalid must be 'raise' or 'skip' (got '{invalid}')")
    check_triangle(triangle)
    path = None if table is None else Path(table)
    files = subject_files(Path(folder), file_name, path, series)
    say_unread(Path(folder), files.values())
    check_unused("key", key, have_names(files.values()), _NAMED_ARRAYS, folder)
    if path is None or label is None:
        return _read(files, folder, key, triangle, absent)
    columns = [name for name in (label, group, site) if name is not None]
    rows = SubjectTable.read(path, columns, subject)
    sessions = [entities(file.relative_to(folder)).get("ses") for file in files.values()]
    place = dict(zip(files, rows.match(list(files), sessions), strict=True))
    unused = rows.unused(place.values())
    _compare([n for n, row in place.items() if row is None], unused, Path(folder), path, invalid)
    files = {name: file for name, file in files.items() if place[name] is not None}
    if not files:
        raise ValueError(f"no file of {folder} is named after a subject of {table}")
    cells = [rows.rows[row] for name in files if (row := place[name]) is not None]
    about = about_subjects(cells, subject, label, group, site)
    return _read(files, folder, key, triangle, absent, **about)


@checked
def read_npz(
    path: str | os.PathLike[str],
    arrays: str,
    label: str | None = None,
    names: str | None = None,
    class_names: str | None = None,
    *,
    group: str | None = None,
    site: str | None = None,
    regions: str | None = None,
) -> Subjects:
    """Read subjects from one ``.npz`` archive.

    Args:
        path: The file.
        arrays: Name of the matrices in it, ``[S, R, R]``, or of the time series, ``[S, T, R]``.
        label: Name of the targets ``[S]``, or ``None``.
        names: Name of the subjects' names ``[S]``, or ``None``.
        class_names: Name of the classes' names, in the order of their numbers, or ``None``.
        group: Name of the keys ``[S]`` of subjects that stay together, or ``None``.
        site: Name of the sites ``[S]``, or ``None``.
        regions: Name of the regions' names ``[R]``, or ``None``.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If an array is missing, damaged or too large for the memory, has another
            shape, holds pickled objects or complex numbers, names are neither texts nor whole
            numbers, lengths differ, subjects are the last axis, ``label`` is also the array of
            names, groups or classes, or there are ``class_names`` without ``label``.
    """
    check_label(label, names=names, group=group, class_names=class_names)
    if class_names is not None and label is None:
        raise ValueError("`class_names` are of labels: name them by `label`, or leave them out")
    shapes = npz_shapes(path)
    shape = shapes.get(arrays)
    if shape is not None and (len(shape) != 3 or 0 in shape):
        raise ValueError(
            f"'{arrays}' of {path} has shape {list(shape)}: it must be [S, R, R], and hold numbers"
        )
    asked = [key for key in (names, label, class_names, group, site, regions) if key is not None]
    for key in asked:
        if key in shapes:
            check_in_a_row(f"'{key}' of {path}", shapes[key])
    beside = [name for name, size in shapes.items() if shape is not None and size == shape[:1]]
    read = numpy_file.read_npz(path, [*asked, *(name for name in beside if name not in asked)])
    read |= numpy_file.read_npz(path, [arrays])
    if read[arrays].dtype.kind not in "biuf":
        raise ValueError(
            f"'{arrays}' of {path} holds values of {read[arrays].dtype}: it must hold real numbers"
        )
    check_first(read[arrays], f"'{arrays}' of {path}")
    for key in asked:
        if read[key].dtype.kind not in "biufUS":
            raise ValueError(
                f"'{key}' of {path} holds values of {read[key].dtype}: it must hold numbers or "
                f"texts"
            )
    texts = {
        key: _texts(read[key], key, path)
        for key in (names, class_names, regions, group, site)
        if key is not None
    }
    if names is not None:
        warn_of_names(f"'{names}' of {path}", texts[names])
    try:
        return Subjects(
            read[arrays],
            None if names is None else texts[names],
            None if label is None else _cells(read[label]),
            None if class_names is None else texts[class_names],
            regions=None if regions is None else texts[regions],
            groups=None if group is None else texts[group],
            sites=None if site is None else texts[site],
            columns={name: _cells(read[name]) for name in beside if name not in (names, label)},
            files=[str(path)] * len(read[arrays]),
        )
    except (ValueError, TypeError) as error:
        roles = {"arrays": arrays, "label": label, "names": names, "class_names": class_names}
        roles |= {"group": group, "site": site, "regions": regions}
        told = ", ".join(f"{role}='{key}'" for role, key in roles.items() if key is not None)
        raise ValueError(f"{path}, with {told}: {error}") from None


def _cells(array: np.ndarray) -> list[Any]:
    """Numbers or texts of an array; bytes are texts that NumPy keeps short."""
    if array.dtype.kind != "S":
        found: list[Any] = array.tolist()
        return found
    return [text.decode("utf-8", "backslashreplace") for text in array.tolist()]


def _texts(array: np.ndarray, key: str, path: str | os.PathLike[str]) -> list[str]:
    """Names: texts, or whole numbers, which MATLAB and tables with gaps keep as floats."""
    cells = _cells(array)
    if array.dtype.kind == "b":
        raise ValueError(f"'{key}' of {path} has truths: names must be texts or whole numbers")
    if array.dtype.kind != "f":
        return [str(cell) for cell in cells]
    odd = next((k for k, cell in enumerate(cells) if not float(cell).is_integer()), None)
    if odd is not None:
        gap = "" if cells[odd] == cells[odd] else ", and no entry may be missing"
        raise ValueError(
            f"'{key}' of {path} has {cells[odd]:g} as entry {odd + 1}: names must be texts or "
            f"whole numbers{gap}"
        )
    return [str(int(cell)) for cell in cells]


def _read(
    files: Mapping[str, Path],
    folder: str | os.PathLike[str],
    key: str | None,
    triangle: Triangle | None,
    absent: bool,
    **about: Any,
) -> Subjects:
    read = {path: read_array(path, key) for path in files.values()}
    vectors = any(min(array.values.shape) == 1 for array in read.values())
    check_unused("triangle", triangle, vectors, VECTORS, folder)
    found = {str(path): _square(array, path, triangle) for path, array in read.items()}
    arrays, regions = in_one_order(found, absent)
    names, paths = map(_as_text, files), map(_as_text, map(str, files.values()))
    return Subjects(arrays, list(names), regions=regions, files=list(paths), **about)


def _as_text(name: str) -> str:
    """The name of a file, which may have bytes that are no letters."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _square(array: RegionArray, path: Path, triangle: Triangle | None) -> RegionArray:
    """The matrix of a vector; other arrays as they are."""
    if min(array.values.shape) > 1:
        return array
    length = array.values.size
    if triangle is None:
        raise ValueError(
            f"{path} is a vector of {length} numbers, not a matrix: if it is the triangle of a "
            f"matrix, say with `triangle` whether it goes 1-2, 1-3, ..., 2-3 ('upper') or 1-2, "
            f"1-3, 2-3, ... ('lower')"
        )
    try:
        return RegionArray(from_triangle(array.values, triangle))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _compare(
    no_row: Sequence[str], no_file: Sequence[str], folder: Path, table: Path, invalid: str
) -> None:
    for missing, where, other in (
        (no_row, f"no row in {table}", f"a file in {folder}"),
        (no_file, f"no file in {folder}", f"a label in {table}"),
    ):
        if not missing:
            continue
        message = subjects_without(missing, other, where) + case_hint(no_row, no_file)
        if invalid == "raise":
            raise ValueError(f"{message} ({LEFT_OUT})")
        _logger.warning("left out: %s", message)
