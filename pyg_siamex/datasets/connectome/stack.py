"""Read the matrices of all subjects from one MATLAB or NumPy file."""

import os
from pathlib import Path
from typing import Any

from pyg_siamex.datasets.connectome.about import about_subjects
from pyg_siamex.datasets.connectome.matlab_file import read_matlab, region_names
from pyg_siamex.datasets.connectome.subject_rows import SubjectTable
from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.numpy_file import read_npy


def read_stack(
    path: str | os.PathLike[str],
    key: str | None = None,
    table: str | os.PathLike[str] | None = None,
    *,
    label: str | None = None,
    subject: str = "subject",
    group: str | None = None,
    site: str | None = None,
) -> Subjects:
    """Read subjects from a stack of matrices.

    Args:
        path: ``.mat`` with ``[R, R, S]`` or ``[S, R, R]``, or CONN's ``resultsROI_Condition*.mat``;
            ``.npy`` with ``[S, R, R]``.
        key: Variable of a ``.mat`` file. Default: the only one that can be meant.
        table: Table with a row per subject, in the order of the matrices; or ``None`` for subjects
            that are numbers, without labels.
        label: Column of the target; needed with ``table``.
        subject: Column of the subjects' names.
        group: Column of keys of subjects that stay together.
        site: Column of the sites.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If there is no stack in the file, or the table has another number of rows.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    matlab = path.suffix.lower() == ".mat"
    try:
        values = read_matlab(path, key).values if matlab else read_npy(path)
    except (ValueError, OSError, EOFError) as error:
        words = str(error)
        said = words if words.startswith(str(path)) else f"{path} cannot be read: {words}"
        raise ValueError(said) from None
    if values.ndim != 3 or values.dtype.kind not in "biuf":
        raise ValueError(
            f"{path} has an array of shape {list(values.shape)} of {values.dtype}: it must be a "
            f"stack of matrices, [R, R, S] in a .mat file or [S, R, R] in an .npy file"
        )
    regions = region_names(path, values.shape[-1]) if matlab else None
    if table is None or label is None:
        return Subjects(values, regions=regions)
    found = SubjectTable.read(Path(table), [c for c in (label, group, site) if c], subject)
    if len(found.rows) != len(values):
        raise ValueError(
            f"{table} has {len(found.rows)} rows and {path} {len(values)} matrices: give a row for "
            f"each matrix, in the same order"
        )
    about: dict[str, Any] = about_subjects(found.rows, subject, label, group, site)
    return Subjects(values, found.ids, regions=regions, **about)
