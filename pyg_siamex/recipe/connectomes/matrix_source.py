"""Where a user's connectivity matrices are, and how subjects are read from there."""

import difflib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyg_siamex.datasets.connectome import Subjects, read_folder, read_npz
from pyg_siamex.datasets.csv_rows import read_rows
from pyg_siamex.datasets.numpy_file import npz_shapes

_SUBJECT_COLUMNS = ("subject", "participant_id", "subject_id", "id", "name")
"""Columns that are taken for the subjects' names, the first of them that is there."""


@dataclass(frozen=True)
class MatrixSource:
    """A folder with a matrix per subject, or one ``.npz`` archive.

    Attributes:
        path: The folder or the archive.
        file_name: Name of a subject's file without its suffix, with ``{subject}``; of a folder.
        array: Array of the matrices in an archive, or variable of ``.mat`` files. Default: the
            only one that can be meant.
        subject: Array of the subjects' names in an archive. Default: numbers from 1.

    Example:
        >>> MatrixSource("study/matrices").read().names[:2]
        ['sub-01', 'sub-02']
    """

    path: str
    file_name: str = "{subject}"
    array: str | None = None
    subject: str | None = None

    @classmethod
    def of_options(
        cls, path: Path, file_name: str | None, array: str | None, subject: str | None
    ) -> "MatrixSource":
        """From options, where ``subject`` is an array of an archive or a column of a table.

        Args:
            path: Folder or ``.npz`` archive.
            file_name: Name of a subject's file, or ``None``.
            array: Array or variable of the matrices, or ``None``.
            subject: Array or column of the names, or ``None``.

        Raises:
            ValueError: If a file name is given for an archive.
        """
        archive = cls(str(path), array=array, subject=subject)
        if not archive.is_archive:
            return cls(str(path), file_name or "{subject}", array)
        if file_name is not None:
            raise ValueError(f"`file_name` is for a folder, and {path} is one file: leave it out")
        return archive

    @property
    def is_archive(self) -> bool:
        """Whether it is an ``.npz`` archive."""
        return Path(self.path).suffix.lower() == ".npz"

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the path is absolute, for commands that are run elsewhere."""
        return {**asdict(self), "path": str(Path(self.path).resolve())}

    def read(self) -> Subjects:
        """All subjects, without labels."""
        if self.is_archive:
            return read_npz(self.path, self._array(), names=self.subject)
        if not Path(self.path).is_dir():
            raise FileNotFoundError(
                f"no folder {self.path}: say with `matrices` where the matrices are"
            )
        return read_folder(self.path, file_name=self.file_name, key=self.array)

    def read_labelled(
        self, table: Path | None, label: str | None, subject: str | None, strict: bool
    ) -> Subjects:
        """All subjects with their labels.

        Args:
            table: Table of labels; needed for a folder.
            label: Column of the table, or array of the archive (default ``"label"``).
            subject: Column of the names in the table.
            strict: Raise where files and rows do not fit, do not skip them.
        """
        if self.is_archive:
            if table is not None:
                raise ValueError(
                    f"`labels` is for a folder, and {self.path} holds its own: name the array "
                    f"with `label`"
                )
            label = label or "label"
            return read_npz(self.path, self._array(), label, self.subject, self._class_names(label))
        if table is None:
            raise ValueError(f"{self.path} is a folder of matrices: give `labels` TABLE.csv")
        subject, label = label_columns(table, subject, label)
        return read_folder(
            self.path,
            table,
            label=label,
            subject=subject,
            file_name=self.file_name,
            key=self.array,
            invalid="raise" if strict else "skip",
        )

    def _array(self) -> str:
        if self.array is not None:
            return self.array
        found = [name for name, shape in self._shapes().items() if len(shape) == 3]
        if len(found) != 1:
            raise ValueError(
                f"{self.path} has {len(found)} arrays of shape [subjects, regions, regions] "
                f"({', '.join(found) or 'none'}): name one with `array`"
            )
        return found[0]

    def _class_names(self, label: str) -> str | None:
        """The array with the names of the classes, where there is one: ``label_names``."""
        name = f"{label}_names"
        return name if name in self._shapes() else None

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        if not Path(self.path).is_file():
            raise FileNotFoundError(f"no file {self.path}: say with `matrices` where it is")
        return npz_shapes(self.path)


def label_columns(table: Path, subject: str | None, label: str | None) -> tuple[str, str]:
    """Columns of the subjects' names and of the labels, as far as the table leaves no doubt.

    Args:
        table: CSV file with a header.
        subject: Column of the names, or ``None``.
        label: Column of the labels, or ``None``.

    Raises:
        ValueError: If a column has to be named.

    Example:
        >>> label_columns(Path("study/labels.csv"), None, None)
        ('subject', 'group')
    """
    rows = read_rows(table, [name for name in (subject, label) if name is not None])
    if not rows:
        raise ValueError(f"{table} has no row below its header")
    columns = list(next((row.cells for row in rows if row.cells), {}))
    if subject is None:
        subject = next((name for name in _SUBJECT_COLUMNS if name in columns), None)
    if subject is None:
        raise ValueError(f"name the column of subjects with `subject`: {', '.join(columns)}")
    others = [name for name in columns if name != subject]
    if label is None and len(others) != 1:
        raise ValueError(f"name the column of labels with `label`: {', '.join(others) or 'none'}")
    return subject, label or others[0]


def position_of(subject: str, names: list[str], where: str) -> int:
    """Position of a subject.

    Args:
        subject: The name.
        names: Names of all subjects.
        where: Where they are, for the error.

    Raises:
        ValueError: If no subject, or more than one, has that name. It lists similar names.

    Example:
        >>> position_of("sub-02", ["sub-01", "sub-02"], "the study")
        1
    """
    count = names.count(subject)
    if count == 1:
        return names.index(subject)
    if count:
        raise ValueError(f"{where} has {count} subjects named '{subject}': rename all but one")
    likeness = {name: difflib.SequenceMatcher(None, subject, name).ratio() for name in names}
    close = sorted((n for n in likeness if likeness[n] >= 0.5), key=lambda n: (-likeness[n], n))[:5]
    listed = f"did you mean {', '.join(close)}?" if close else f"such as {', '.join(names[:5])}"
    raise ValueError(f"no subject '{subject}' among the {len(names)} of {where}: {listed}")
