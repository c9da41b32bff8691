"""Result files of an experiment: a small file for each new unit, folded into a table for all."""

import io
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from pyg_siamex.data.file import whole_file
from runner.archive import INDEX, TABLE, Archive, read_archive, write_archive
from runner.measured import Measured
from runner.unit import Unit


class Store:
    """The folder of result files.

    A unit that was just measured is a file in ``.units``, which appears as a whole and which git
    ignores. :meth:`fold` moves such files into the two files of :mod:`runner.archive`, which git
    keeps. Until then the file stands in place of what the table has under its name. A unit counts
    as measured if its record has the hash of its values, and rows and record fit their digests.

    Args:
        folder: Made by the first unit that is measured.

    Raises:
        ValueError: If the folder or one of its two files is of another kind, or the folder has a
            table for each unit, as older versions wrote them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if old := sorted(p.name for p in folder.glob("[!.]*.csv.gz") if p.name != TABLE):
            raise ValueError(
                f"{folder} has a table for each unit ({old[0]}), which older versions wrote: "
                f"delete *.csv.gz and *.json there and measure again (one {TABLE} holds all now)"
            )
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"{folder} is a file, and results go into a folder of that name")
        for path in (folder / INDEX, folder / TABLE):
            if path.exists() and not path.is_file():
                raise ValueError(f"{path} is a folder, and must be a file: move it away")

    def ready(self) -> None:
        """Make the folder, to measure into it.

        Raises:
            OSError: If it cannot be made.
        """
        for name in (".locks", ".units"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def lock(self, unit: Unit, wait: bool) -> FileLock:
        """What one process at a time holds; given up by the system when a process dies."""
        return self._lock(f"{unit.slug}.lock", wait)

    def has(self, unit: Unit) -> bool:
        """Whether the unit's rows are there, measured with the values it has now."""
        return self._measured(unit) is not None

    def write(self, unit: Unit, rows: pd.DataFrame, made_with: dict[str, Any]) -> None:
        """Put the unit's rows and record into a file; the caller holds its lock.

        Raises:
            TypeError: If the rows are no table.
            ValueError: If there are no rows, or a column has the name of a key of the grid.
        """
        if not isinstance(rows, pd.DataFrame):
            given = type(rows).__name__
            raise TypeError(f"{unit.slug}: measure must return a pandas.DataFrame (got {given})")
        if rows.empty or (set(rows) & set(unit.grid)) or not rows.columns.is_unique:
            raise ValueError(
                f"{unit.slug}: rows must be some, with columns of unique names other than "
                f"{list(unit.grid)} (got {len(rows)} rows of {list(rows)})"
            )
        self.ready()
        path = self._new(unit.slug)
        for stray in path.parent.glob(f".{path.name}.*"):
            stray.unlink()
        keys = pd.DataFrame({key: [unit.values[key]] * len(rows) for key in unit.grid})
        table = pd.concat([keys, rows.reset_index(drop=True)], axis=1)
        content = table.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()
        record = {
            "unit": dict(unit.values),
            "configuration": unit.fingerprint,
            "seed": unit.values.get("seed"),
            **made_with,
            "rows": len(rows),
        }
        with whole_file(path) as temporary:
            Path(temporary).write_bytes(Measured.of(record, content).to_bytes())

    def fold(self) -> None:
        """Move new units into the table; a unit that a process holds stays for its next fold.

        New files are deleted last. A process that dies before leaves them to be folded again,
        which changes nothing.
        """
        with ExitStack() as held:
            held.enter_context(self._lock("table", wait=True))
            new = {}
            for path in sorted((self.folder / ".units").glob("*.unit")):
                try:
                    held.enter_context(self._lock(f"{path.stem}.lock", wait=False))
                except Timeout:
                    continue
                if measured := _read(path):
                    new[path] = measured
            if new:
                named = {path.stem: measured for path, measured in new.items()}
                write_archive(self.folder, {**self._archive().units, **named})
            for path in new:
                path.unlink()

    def read(self, unit: Unit) -> pd.DataFrame:
        """Rows of a measured unit.

        Raises:
            FileNotFoundError: If it is not measured.
        """
        content = io.BytesIO(self._found(unit).content)
        return pd.read_csv(content, keep_default_na=False, na_values=[""])

    def record(self, unit: Unit) -> dict[str, Any]:
        """With what a measured unit was made.

        Raises:
            FileNotFoundError: If it is not measured.
        """
        return self._found(unit).record

    def strangers(self, units: tuple[Unit, ...]) -> list[str]:
        """Names in the folder that belong to none of the units."""
        new = {path.stem for path in (self.folder / ".units").glob("*.unit")}
        return sorted((new | set(self._archive().units)) - {unit.slug for unit in units})

    def altered(self) -> tuple[str, ...]:
        """Names in the table whose rows or record do not fit their digests."""
        return self._archive().altered

    def _found(self, unit: Unit) -> Measured:
        measured = self._measured(unit)
        if measured is None:
            raise FileNotFoundError(f"unit {unit.slug} is not measured yet, or with other values")
        return measured

    def _measured(self, unit: Unit) -> Measured | None:
        # The new file first: whoever finds it gone finds it folded.
        measured = _read(self._new(unit.slug)) or self._archive().units.get(unit.slug)
        fits = measured and measured.record["configuration"] == unit.fingerprint
        return measured if fits else None

    def _archive(self) -> Archive:
        return _archive(self.folder, *(_stamp(self.folder / name) for name in (INDEX, TABLE)))

    def _lock(self, name: str, wait: bool) -> FileLock:
        self.ready()
        return FileLock(self.folder / ".locks" / name, timeout=-1 if wait else 0)

    def _new(self, name: str) -> Path:
        return self.folder / ".units" / f"{name}.unit"


def _read(path: Path) -> Measured | None:
    try:
        return Measured.from_bytes(path.read_bytes())
    except FileNotFoundError:
        return None


def _stamp(path: Path) -> tuple[int, ...]:
    if not path.exists():
        return ()
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=2)  # every unit asks, and rows are tens of megabytes
def _archive(folder: Path, *stamps: tuple[int, ...]) -> Archive:
    return read_archive(folder)
