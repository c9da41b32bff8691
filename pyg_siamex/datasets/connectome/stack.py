"""Read the matrices of all subjects from one MATLAB, NumPy or text file."""

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np

from pyg_siamex._door import checked
from pyg_siamex._there import check_there
from pyg_siamex.datasets.connectome.about import about_subjects
from pyg_siamex.datasets.connectome.matlab_file import read_matlab, region_names
from pyg_siamex.datasets.connectome.region_array import check_first
from pyg_siamex.datasets.connectome.subject_rows import (
    SubjectTable,
    case_hint,
    subjects_without,
)
from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.connectome.triangle import Triangle, check_triangle, from_triangle
from pyg_siamex.datasets.connectome.triangle_table import read_triangle_table
from pyg_siamex.datasets.connectome.unused import VECTORS, check_unused
from pyg_siamex.datasets.numpy_file import read_npy

_logger = logging.getLogger(__name__)

TABLES = (".csv", ".tsv", ".txt")
"""Endings of tables of triangles."""


@checked
def read_stack(
    path: str | os.PathLike[str],
    key: str | None = None,
    table: str | os.PathLike[str] | None = None,
    *,
    label: str | None = None,
    subject: str = "subject",
    group: str | None = None,
    site: str | None = None,
    triangle: Triangle | None = None,
) -> Subjects:
    """Read subjects from a stack of matrices.

    Args:
        path: ``.mat`` with ``[R, R, S]`` or ``[S, R, R]``, or CONN's ``resultsROI_Condition*.mat``;
            ``.npy`` with ``[S, R, R]``; with ``triangle`` either with ``[S, R (R - 1) / 2]``, or a
            table, ``.csv``, ``.tsv`` or ``.txt``, with a row per subject.
        key: Variable of a ``.mat`` file. Default: the only one that can be meant.
        table: Table with a row per subject, in the order of the matrices, or found by name where a
            table of triangles has names, where rows without a matrix are left out and logged; or
            ``None`` for subjects without labels.
        label: Column of the target; needed with ``table``.
        subject: Column of the subjects' names.
        group: Column of keys of subjects that stay together.
        site: Column of the sites.
        triangle: How rows of numbers make a matrix, see
            :func:`~pyg_siamex.datasets.connectome.triangle.from_triangle`.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If there is no stack in the file, its subjects are the last axis of an array of
            NumPy, it is an ``.npz`` archive, the table has another number of rows, a subject has
            two matrices, ``label`` is also the column of the subjects or groups, or the file has
            no use for ``key`` or ``triangle``.
    """
    path = check_there(path)
    check_triangle(triangle)
    if path.suffix.lower() == ".npz":
        raise ValueError(f"{path} is an archive of named arrays: read it with read_npz")
    matlab = path.suffix.lower() == ".mat"
    if not matlab and path.suffix.lower() not in (".npy", *TABLES):
        raise ValueError(f"{path} is no stack: give one of .mat, .npy, {', '.join(TABLES)}")
    check_unused("key", key, matlab, "a variable of .mat files, and {} is none", path)
    values, names = _matrices(path, key, triangle)
    regions = region_names(path, values.shape[-1]) if matlab else None
    asked = {"label": label, "group": group, "site": site}
    for name, column in asked.items():
        if table is None and column is not None:
            raise ValueError(f"`{name}` is a column of a table: give the `table` too")
    if table is not None and label is None:
        raise ValueError("`table` is for labels: name its column with `label`, or leave it out")
    files = [str(path)] * len(values)
    if table is None or label is None:
        return Subjects(values, names, regions=regions, files=files)
    columns = [name for name in (label, group, site) if name is not None]
    found = SubjectTable.read(Path(table), columns, subject)
    rows = _rows_of(found, names, len(values), path)
    about: dict[str, Any] = about_subjects(rows, subject, label, group, site)
    return Subjects(values, names or found.ids, regions=regions, files=files, **about)


def _matrices(
    path: Path, key: str | None, triangle: Triangle | None
) -> tuple[np.ndarray, list[str] | None]:
    """The matrices ``[S, R, R]``, and the subjects' names where the file has them."""
    if path.suffix.lower() in TABLES:
        if triangle is None:
            raise ValueError(
                f"{path} is one table: if its rows are the triangles of matrices, say with "
                f"`triangle` whether they go 1-2, 1-3, ..., 2-3 ('upper') or 1-2, 1-3, 2-3, ... "
                f"('lower')"
            )
        return read_triangle_table(path, triangle)
    try:
        matlab = path.suffix.lower() == ".mat"
        values = read_matlab(path, key).values if matlab else read_npy(path)
    except (ValueError, OSError, EOFError) as error:
        words = str(error)
        said = words if words.startswith(str(path)) else f"{path} cannot be read: {words}"
        raise ValueError(said) from None
    if values.ndim == 2 and values.size and triangle is not None and values.dtype.kind in "biuf":
        try:
            return np.stack([from_triangle(row, triangle) for row in values]), None
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    if values.ndim != 3 or not values.size or values.dtype.kind not in "biuf":
        raise ValueError(
            f"{path} has an array of shape {list(values.shape)} of {values.dtype}: it must be a "
            f"stack of matrices, [R, R, S] in a .mat file or [S, R, R] in an .npy file, or, with "
            f"`triangle`, of their triangles, [S, R (R - 1) / 2]"
        )
    check_unused("triangle", triangle, False, VECTORS, path)
    check_first(values, path)
    return values, None


def _rows_of(
    found: SubjectTable, names: list[str] | None, count: int, path: Path
) -> list[dict[str, str]]:
    """The row of each matrix: by name, or in the same order."""
    if names is None:
        if len(found.rows) != count:
            raise ValueError(
                f"{found.path} has {len(found.rows)} rows and {path} {count} matrices: give a row "
                f"for each matrix, in the same order"
            )
        return found.rows
    places = found.match(names)
    lacking = [name for name, place in zip(names, places, strict=True) if place is None]
    if lacking:
        raise ValueError(
            f"{len(lacking)} subjects of {path} have no row in {found.path}, such as '{lacking[0]}'"
            f"{case_hint(lacking, found.unused(places))}"
        )
    unused = found.unused(places)
    if unused:
        said = subjects_without(unused, f"a label in {found.path}", f"no row in {path}")
        _logger.warning("left out: %s", said)
    return [found.rows[place] for place in places if place is not None]
