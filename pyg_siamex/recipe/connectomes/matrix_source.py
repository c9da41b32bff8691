"""Where a user's connectivity matrices are, and how subjects are read from there."""

import difflib
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pyg_siamex._given import either
from pyg_siamex._one_column import check_one_column
from pyg_siamex._paths import real_path
from pyg_siamex._writable import kept_in
from pyg_siamex.datasets.connectome import Subjects, read_folder, read_npz, read_stack
from pyg_siamex.datasets.connectome.array_file import read_array
from pyg_siamex.datasets.connectome.matlab_file import read_matlab
from pyg_siamex.datasets.connectome.stack import TABLES
from pyg_siamex.datasets.connectome.subject_files import subject_files
from pyg_siamex.datasets.connectome.subject_rows import meant
from pyg_siamex.datasets.connectome.unused import VECTORS, check_unused, have_names
from pyg_siamex.datasets.csv_rows import columns_of, read_rows
from pyg_siamex.datasets.numpy_file import npy_shape, npz_shapes
from pyg_siamex.datasets.numpy_file import read_npz as read_arrays
from pyg_siamex.recipe.connectomes.matrices import check_arrays
from pyg_siamex.recipe.connectomes.reading import AS_FOUND, MatrixReading, check_triangles
from pyg_siamex.recipe.connectomes.strictly import strictly

_logger = logging.getLogger(__name__)

_SUBJECT_COLUMNS = ("subject", "participant_id", "subject_id", "id", "name")
"""Columns that are taken for the subjects' names, the first of them that is there."""

_SUBJECT_ARRAYS = _SUBJECT_COLUMNS[:2]
"""Arrays of an archive that are taken for the subjects' names."""

_REGIONS = ("regions", "region_names", "roi_names")
"""Arrays of an archive that are taken for the regions' names."""

_STACKS = (".mat", ".npy", *TABLES)
_ARCHIVES = (".npz", *_STACKS)
"""Endings of files of all subjects."""


@dataclass(frozen=True)
class MatrixSource:
    """A folder with a matrix or time series per subject, or one archive of all subjects.

    Attributes:
        path: The folder, the ``.npz`` archive, a ``.mat`` or ``.npy`` file with a stack of
            matrices, or a table with a row of numbers per subject.
        file_name: Name of a subject's file, see
            :func:`~pyg_siamex.datasets.connectome.read_folder`; of a folder.
        array: Array of the matrices in an archive, or variable of ``.mat`` files. Default: the
            only one that can be meant.
        subject: Array of the subjects' names in an archive. Default: ``"subject"`` or
            ``"participant_id"``, else numbers from 1.
        connectivity: What is made of time series: ``"correlation"``, ``"partial"``, ``"tangent"``.
        triangle: How matrices are written as vectors, ``"upper"`` or ``"lower"``.

    Example:
        >>> MatrixSource("study/matrices").read().names[:2]
        ['sub-01', 'sub-02']
    """

    path: str
    file_name: str | None = None
    array: str | None = None
    subject: str | None = None
    connectivity: str | None = None
    triangle: str | None = None

    @classmethod
    def of(cls, path: str | Path, reading: MatrixReading = AS_FOUND) -> "MatrixSource":
        """From options, where ``subject`` is an array of an archive or a column of a table.

        Args:
            path: Folder or archive.
            reading: How the files are read.

        Raises:
            ValueError: If the path is empty, or something is given that files of this kind have
                not.
        """
        if not str(path):
            raise ValueError("`matrices` is empty: give a folder or a file, '.' for this folder")
        source = cls(str(path), None, reading.array, None, reading.kind, reading.triangle)
        source._refuse_unused(reading)
        if not source.is_archive:
            return replace(source, file_name=reading.file_name)
        return source if source.is_stack else replace(source, subject=reading.subject)

    @classmethod
    def like(
        cls, plain: dict[str, Any], path: str | Path | None, reading: MatrixReading = AS_FOUND
    ) -> "MatrixSource":
        """Matrices read as those of a model, where they are of the same kind.

        Args:
            plain: What :meth:`to_dict` wrote of the model's.
            path: Folder or archive; ``None`` for the model's own.
            reading: What is read in another way.

        Raises:
            ValueError: If something else is to be made of time series than the model reads, or as
                for :meth:`of`.
        """
        trained = cls(**plain)
        if reading.kind is not None and reading.kind != trained.connectivity:
            own = trained.connectivity or "matrices, not time series"
            raise ValueError(
                f"`kind` is {reading.kind}, and the model was trained on {own}: leave it out"
            )
        source = cls.of(trained.path if path is None else path, reading)
        kept = {
            name: value for name, value in asdict(trained).items() if getattr(source, name) is None
        }
        if Path(source.path).suffix.lower() != Path(trained.path).suffix.lower():
            kept = {name: kept[name] for name in ("connectivity", "triangle") if name in kept}
        return replace(source, **kept)

    @property
    def is_archive(self) -> bool:
        """Whether it is one file of all subjects."""
        return Path(self.path).suffix.lower() in _ARCHIVES

    @property
    def is_stack(self) -> bool:
        """Whether it is one file of matrices alone."""
        return Path(self.path).suffix.lower() in _STACKS

    def _of_use(self, labels: str | Path | None = None) -> dict[str, Any]:
        """Array and triangle, as far as the files here have a use for them.

        Those of a model may be of no use for other files; :meth:`of` refuses what a user gives.
        """
        asked = MatrixReading(
            labels=labels,
            array=self.array,
            file_name=self.file_name,
            kind=self.connectivity,
            triangle=self.triangle,
        )
        matlab = Path(self.path).suffix.lower() == ".mat" or not self.is_stack
        return {
            "key": self.array if matlab and self._has_arrays(asked) else None,
            "triangle": self.triangle if self._has_vectors(asked) else None,
        }

    def _refuse_unused(self, reading: MatrixReading) -> None:
        """Raise ``ValueError`` for what is given and would not be read."""
        alone = not self.is_archive or self.is_stack  # without names and labels
        unused = {
            "file_name": (self.is_archive, "for a folder, and {} is one file"),
            "array": (
                not self._has_arrays(reading),
                "for .npz, .mat and .netcc files, and {} has none",
            ),
            "triangle": (
                not alone or not self._has_vectors(reading),
                VECTORS,
            ),
            "subject": (
                alone and reading.labels is None,
                "a column of `labels`, and none are given for {}",
            ),
        }
        for name, (is_unused, why) in unused.items():
            check_unused(name, getattr(reading, name), not is_unused, why, self.path)

    def _has_arrays(self, reading: MatrixReading) -> bool:
        """Whether arrays are read by name; a folder is looked through where one is named."""
        place = Path(self.path)
        if reading.array is None or not place.is_dir():
            return place.suffix.lower() in (".npz", ".mat") or not place.exists()
        return have_names(place.rglob("*"))

    def _has_vectors(self, reading: MatrixReading) -> bool:
        """Whether a matrix is a vector; looked up where ``triangle`` is given and files are there.

        What cannot be read is told when it is read.
        """
        place = Path(self.path)
        if reading.triangle is None or place.suffix.lower() in TABLES or not place.exists():
            return True
        try:
            if place.suffix.lower() == ".npy":
                return len(npy_shape(place)) != 3
            if self.is_stack:
                return read_matlab(place, self.array).values.ndim != 3
            table = None if reading.labels is None else Path(reading.labels)
            files = subject_files(place, reading.file_name, table, reading.kind is not None)
            found = (read_array(path, self.array).values for path in files.values())
            return any(min(values.shape) == 1 for values in found)
        except (ValueError, OSError):
            return True

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the path is absolute, for commands that are run elsewhere."""
        return {**asdict(self), "path": str(real_path(self.path))}

    def read(self, absent: bool = False) -> Subjects:
        """All subjects, without labels.

        Args:
            absent: Whether files may lack regions that others have, which become NaN.
        """
        if self.is_stack:
            found = read_stack(self.path, **self._of_use())
        elif self.is_archive:
            found = read_npz(
                self.path, self._array(), names=self._subject(), regions=self._regions()
            )
        else:
            self._check_folder()
            found = read_folder(self.path, **self._of_files(absent, None))
        return check_arrays(found, self.connectivity)

    @strictly()
    def read_labelled(
        self, label: str | None, reading: MatrixReading, strict: bool, absent: bool | None = None
    ) -> Subjects:
        """All subjects with their labels.

        Args:
            label: Column of the table, or array of an ``.npz`` archive (default ``"label"``).
            reading: The table of labels, which all but archives need, and its columns.
            strict: Raise where files and rows do not fit, do not skip them.
            absent: Whether files may lack regions that others have, which become NaN. Default:
                where it is said what is done about them.
        """
        table = None if reading.labels is None else Path(reading.labels)
        if self.is_archive and not self.is_stack:
            if table is not None:
                raise ValueError(
                    f"`labels` is for a folder, and {self.path} holds its own: name the array "
                    f"with `label`"
                )
            return check_arrays(
                self._read_archive(either(label, "label"), reading), self.connectivity
            )
        self._check_folder()
        check_triangles(Path(self.path), replace(reading, triangle=self.triangle))
        if table is None:
            raise ValueError(f"{self.path} has matrices alone: give `labels` TABLE.csv")
        used = [name for name in (reading.group, reading.site) if name is not None]
        subject, label = label_columns(table, reading.subject, label, used)
        columns: dict[str, Any] = {"label": label, "subject": subject}
        columns |= {"group": reading.group, "site": reading.site}
        if self.is_stack:
            found = read_stack(self.path, table=table, **columns, **self._of_use())
        else:
            found = read_folder(
                self.path,
                table,
                **columns,
                invalid="raise" if strict else "skip",
                **self._of_files(either(absent, reading.drop_regions is not None), table),
            )
        return check_arrays(found, self.connectivity)

    def label_place(self, label: str | None, reading: MatrixReading) -> str:
        """Where the labels that were read stand, for errors: the file, and the column or array.

        Args:
            label: Column of the table, or array of an ``.npz`` archive, or ``None``.
            reading: The table of labels, and its columns.
        """
        if reading.labels is None:
            return f"{self.path}, array '{either(label, 'label')}'"
        used = [name for name in (reading.group, reading.site) if name is not None]
        _, column = label_columns(Path(reading.labels), reading.subject, label, used)
        return f"{reading.labels}, column '{column}'"

    def _check_folder(self) -> None:
        """Refuse files that hold no matrices, and folders that are not there."""
        path = Path(self.path)
        if self.is_archive or path.is_dir():
            return
        if not path.exists():
            raise FileNotFoundError(f"no folder {path}: say with `matrices` where the matrices are")
        kept = kept_in(path)
        told = f"holds '{kept}' of pyg_siamex" if kept else "is no file of matrices"
        raise ValueError(
            f"{path} {told}: say with `matrices` where the matrices are, in a folder or a file "
            f"({', '.join(_ARCHIVES)})"
        )

    def _of_files(self, absent: bool, labels: Path | None) -> dict[str, Any]:
        return {
            "file_name": self.file_name,
            "series": self.connectivity is not None,
            "absent": absent,
            **self._of_use(labels),
        }

    def _read_archive(self, label: str, reading: MatrixReading) -> Subjects:
        return read_npz(
            self.path,
            self._array(),
            label,
            self._subject(),
            self._class_names(label),
            group=reading.group,
            site=reading.site,
            regions=self._regions(),
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

    def _subject(self) -> str | None:
        """The array with the names of the subjects, where there is one and they differ."""
        if self.subject is not None:
            return self.subject
        shapes = self._shapes()
        count = shapes.get(self._array(), (0,))[:1]
        self._say_unfit(_SUBJECT_ARRAYS, count[0], "subjects")
        known = [name for name in _SUBJECT_ARRAYS if shapes.get(name) == count]
        found = ((name, read_arrays(self.path, [name])[name].tolist()) for name in known)
        return next((name for name, cells in found if len(set(cells)) == len(cells)), None)

    def _class_names(self, label: str) -> str | None:
        """The array with the names of the classes, where there is one: ``label_names``."""
        name = f"{label}_names"
        return name if name in self._shapes() else None

    def _regions(self) -> str | None:
        """The array with the names of the regions, where there is one."""
        shapes = self._shapes()
        width = shapes.get(self._array(), (0,))[-1]
        self._say_unfit(_REGIONS, width, "regions")
        return next((name for name in _REGIONS if shapes.get(name) == (width,)), None)

    def _say_unfit(self, usual: Sequence[str], count: int, what: str) -> None:
        """Log arrays that seem to hold names, and are of another number."""
        for name, shape in self._shapes().items():
            if name in usual and shape != (count,):
                _logger.warning(
                    "array '%s' of %s has shape %s, and there are %d %s: it is not taken for "
                    "their names",
                    *(name, self.path, list(shape), count, what),
                )

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        if not Path(self.path).is_file():
            raise FileNotFoundError(f"no file {self.path}: say with `matrices` where it is")
        return npz_shapes(self.path)


def label_columns(
    table: Path, subject: str | None, label: str | None, used: list[str] | None = None
) -> tuple[str, str]:
    """Columns of the subjects' names and of the labels, as far as the table leaves no doubt.

    Args:
        table: CSV file with a header.
        subject: Column of the names, or ``None``.
        label: Column of the labels, or ``None``.
        used: Columns that are something else.

    Raises:
        ValueError: If a column has to be named.

    Example:
        >>> label_columns(Path("study/labels.csv"), None, None)
        ('subject', 'group')
    """
    used = used or []
    rows = read_rows(table, [name for name in (subject, label, *used) if name is not None])
    if not rows:
        raise ValueError(f"{table} has no row below its header")
    columns = columns_of(rows)
    if subject is None:
        subject = next((name for name in _SUBJECT_COLUMNS if name in columns), None)
    if subject is None:
        raise ValueError(f"name the column of subjects with `subject`: {', '.join(columns)}")
    others = [name for name in columns if name != subject and name not in used]
    if label is None and len(others) != 1:
        raise ValueError(f"name the column of labels with `label`: {', '.join(others) or 'none'}")
    label = others[0] if label is None else label
    for name in (subject, label):
        check_one_column(table, columns, name)
    return subject, label


def position_of(subject: str, names: list[str], where: str) -> int:
    """Position of a subject; ``1``, ``01`` and ``sub-01`` are one where nothing else can be meant.

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
    alike = [k for k, name in enumerate(names) if meant(name) == meant(subject)]
    if len(alike) == 1:
        return alike[0]
    likeness = {name: difflib.SequenceMatcher(None, subject, name).ratio() for name in names}
    close = sorted((n for n in likeness if likeness[n] >= 0.5), key=lambda n: (-likeness[n], n))[:5]
    listed = f"did you mean {', '.join(close)}?" if close else f"such as {', '.join(names[:5])}"
    raise ValueError(f"no subject '{subject}' among the {len(names)} of {where}: {listed}")
