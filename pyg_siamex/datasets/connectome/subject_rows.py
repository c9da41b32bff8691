"""Find the row of each subject in a table, by what identifiers mean rather than how they look."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyg_siamex._visible import folded
from pyg_siamex.datasets.cell_numbers import whole_number
from pyg_siamex.datasets.connectome.bids import entities, person_of
from pyg_siamex.datasets.csv_rows import Row, columns_of, read_rows

_SESSIONS = ("session_id", "session", "ses")
"""Columns that are taken for the session of a row, the first of them that is there."""


@dataclass(frozen=True)
class SubjectTable:
    """A table with a row per subject, or per session of a subject.

    Attributes:
        path: Its file.
        rows: Cells by column, for each row.
        subject: Column of the identifiers.
        lines: Line of the file on which each row begins.
    """

    path: Path
    rows: list[dict[str, str]]
    subject: str
    lines: list[int]

    @classmethod
    def read(cls, path: Path, columns: Sequence[str], subject: str) -> "SubjectTable":
        """Read the table.

        Args:
            path: Comma, semicolon or tab separated file with a header.
            columns: Columns that must be there.
            subject: Column of the identifiers.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If a column is missing, a row cannot be read, or two rows are of one subject
                and no column says which session.
        """
        every = _read(path, columns, subject)
        # Spreadsheets write rows of empty cells below a table.
        found = [row for row in every if row.problem or any(row.cells.values())]
        for row in found:
            if row.problem:
                raise ValueError(f"line {row.line} of {path}: {row.problem}")
        table = cls(path, [row.cells for row in found], subject, [row.line for row in found])
        keys = table._keys()
        twice = [key for key, count in Counter(keys).items() if count > 1]
        if twice:
            which = f"'{twice[0][0] if table.session is None else ' '.join(twice[0])}'"
            place = [row.line for row, key in zip(found, keys, strict=True) if key == twice[0]]
            raise ValueError(
                f"{path} has {len(twice)} subjects twice, such as {which} in lines {place[0]} and "
                f"{place[1]}"
            )
        return table

    @property
    def ids(self) -> list[str]:
        """The identifiers, row by row."""
        return [folded(row[self.subject]) for row in self.rows]

    @property
    def session(self) -> str | None:
        """Column that says which session of a subject a row is of, if a subject has several."""
        if not self.rows or len(set(self.ids)) == len(self.ids):
            return None
        return next((name for name in _SESSIONS if name in self.rows[0]), None)

    def match(
        self, names: Sequence[str], sessions: Sequence[str | None] | None = None
    ) -> list[int | None]:
        """Row of each subject, or ``None``.

        ``sub-01``, ``01``, ``1`` and ``1.0`` are one subject where nothing else can be meant.

        Args:
            names: Names of subjects, or BIDS names of their scans.
            sessions: Session of each. Default: what stands in the names.

        Raises:
            ValueError: If an identifier may be of two subjects, a name of two rows, or two names
                are one subject.
        """
        asked = [entities(name).get("ses") for name in names] if sessions is None else sessions
        persons: dict[str, set[str]] = {}
        for name in names:
            persons.setdefault(meant(person_of(name)), set()).add(person_of(name))
        places = [
            self._of_session(name, session, self._rows(name, persons))
            for name, session in zip(names, asked, strict=True)
        ]
        owners: dict[int, str] = {}
        for name, place in zip(names, places, strict=True):
            owner = name if place is None else owners.setdefault(place, name)
            if place is not None and person_of(owner) != person_of(name):
                raise ValueError(
                    f"'{owner}' and '{name}' are both the subject '{self.ids[place]}' of "
                    f"{self.path}: leave one out, or write both in the table as they are named"
                )
        return places

    def unused(self, places: Iterable[int | None]) -> list[str]:
        """Identifiers of the rows that no subject has.

        Args:
            places: Rows of subjects, as :meth:`match` finds them.
        """
        used = set(places)
        return [
            name if name else f"'' (line {self.lines[k]})"
            for k, name in enumerate(self.ids)
            if k not in used
        ]

    def _rows(self, name: str, persons: dict[str, set[str]]) -> list[int]:
        """Rows of a subject: as the name is written, else as it is meant."""
        person, ids = person_of(name), self.ids
        for spelling in (name, person, person.removeprefix("sub-")):
            if spelling in ids:
                return [k for k, found in enumerate(ids) if found == spelling]
        bare = meant(person)
        rows = [k for k, found in enumerate(ids) if meant(found) == bare]
        spellings = {ids[k] for k in rows}
        if rows and (len(spellings) > 1 or len(persons[bare]) > 1):
            raise ValueError(
                f"'{name}' cannot be matched with {self.path}: {_or(persons[bare])} could be its "
                f"{_or(spellings)}. Write identifiers in the table as they are in the files"
            )
        return rows

    def _of_session(self, name: str, asked: str | None, rows: list[int]) -> int | None:
        """The row of a session among the rows of its subject."""
        column = self.session
        if not rows or column is None:
            return rows[0] if rows else None
        if asked is None:
            if len(rows) == 1:
                return rows[0]
            raise ValueError(
                f"'{name}' has {len(rows)} rows in {self.path}, one per {column}, and its file has "
                f"no ses-"
            )
        bare = meant(asked)
        of_it = [k for k in rows if meant(self.rows[k][column], "ses-") == bare]
        return of_it[0] if of_it else None

    def _keys(self) -> list[tuple[str, ...]]:
        column = self.session
        if column is None:
            return [(found,) for found in self.ids]
        sessions = [folded(row[column]) for row in self.rows]
        return list(zip(self.ids, sessions, strict=True))


_SUBJECTS = ("participant_id", "participant", "subject_id", "subject", "sub", "id")
"""Usual names of the column of identifiers, in small letters."""


def _read(path: Path, columns: Sequence[str], subject: str) -> list[Row]:
    """The rows; if the column of the subjects is missing, the error says which one may be meant."""
    try:
        return read_rows(path, [subject, *columns])
    except ValueError as error:
        names = columns_of(read_rows(path, ()))
        usual = [name for name in names if name.lower() in _SUBJECTS and name not in columns]
        if subject in names:
            raise
        if not usual:
            raise ValueError(f"{error}. Name the column of the subjects with `subject`") from None
        raise ValueError(
            f"{error}. If the subjects are named in column '{usual[0]}', say so: "
            f"`subject='{usual[0]}'`"
        ) from None


def subjects_without(names: Sequence[str], there: str, missing: str) -> str:
    """Say which subjects have one thing and not another.

    Args:
        names: Their names.
        there: What they have.
        missing: What they do not have.

    Example:
        >>> subjects_without(["a", "b"], "a label in t.csv", "no file in data")
        '2 subjects have a label in t.csv and no file in data: a, b'
    """
    listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    return f"{len(names)} subjects have {there} and {missing}: {listed}"


def case_hint(names: Sequence[str], ids: Sequence[str]) -> str:
    """Say which of two lists of subjects differ in case alone; empty where none do.

    Args:
        names: Names of files.
        ids: Identifiers of a table.

    Example:
        >>> case_hint(["sub-01"], ["SUB-01"])
        "; 'sub-01' and 'SUB-01' differ in case alone: write them alike"
        >>> case_hint(["sub-01"], ["sub-02"])
        ''
    """
    known = {meant(found.casefold()): found for found in ids}
    for name in names:
        alike = known.get(meant(person_of(name).casefold()))
        if alike is not None and meant(person_of(name)) != meant(alike):
            return f"; '{name}' and '{alike}' differ in case alone: write them alike"
    return ""


def meant(identifier: str, prefix: str = "sub-") -> str:
    """The identifier without its prefix; a whole number without zeros before it.

    Args:
        identifier: Name or number of a subject.
        prefix: What may stand before it.

    Example:
        >>> meant("sub-007"), meant("7.0"), meant("sub-x07")
        ('7', '7', 'x07')
    """
    own = folded(identifier).removeprefix(prefix)
    number = whole_number(own)
    return own if number is None else str(number)


def _or(names: set[str]) -> str:
    return " or ".join(f"'{name}'" for name in sorted(names))
