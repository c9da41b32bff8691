"""Result files of an experiment: one table and one record for each unit, whole or not at all."""

import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from pyg_siamex.data.file import whole_file
from runner.unit import Unit


class Store:
    """The folder of result files.

    A unit has ``SLUG.csv.gz``, its rows, and ``SLUG.json``, its record: all values, their hash,
    versions, commit, machine, seconds, and the digest of the rows. The record is written first. A
    unit is complete if its record has its hash and the digest of the table that is there, so that
    a process killed anywhere leaves a complete unit or one that is measured again.

    Args:
        folder: Made where it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".locks").mkdir(parents=True, exist_ok=True)

    def lock(self, unit: Unit, wait: bool) -> FileLock:
        """What one process at a time holds; given up by the system when a process dies."""
        return FileLock(self.folder / ".locks" / f"{unit.slug}.lock", timeout=-1 if wait else 0)

    def has(self, unit: Unit) -> bool:
        """Whether the unit's rows are there, measured with the values it has now."""
        return self._rows(unit) is not None

    def write(self, unit: Unit, rows: pd.DataFrame, made_with: dict[str, Any]) -> None:
        """Replace the unit's files; the caller holds its lock.

        Raises:
            ValueError: If there are no rows, or a column has the name of a key of the grid.
        """
        if rows.empty or (set(rows) & set(unit.grid)) or not rows.columns.is_unique:
            raise ValueError(
                f"{unit.slug}: rows must be some, with columns of unique names other than "
                f"{list(unit.grid)} (got {len(rows)} rows of {list(rows)})"
            )
        for path in (self._record(unit), self._table(unit)):
            for stray in self.folder.glob(f".{path.name}.*"):
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
            "sha256": _digest(content),
        }
        with whole_file(self._record(unit)) as temporary:
            Path(temporary).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        with whole_file(self._table(unit)) as temporary:
            Path(temporary).write_bytes(gzip.compress(content, mtime=0))

    def read(self, unit: Unit) -> pd.DataFrame:
        """Rows of a complete unit.

        Raises:
            FileNotFoundError: If it is not complete.
        """
        content = self._rows(unit)
        if content is None:
            raise FileNotFoundError(f"unit {unit.slug} is not measured yet, or with other values")
        return pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""])

    def record(self, unit: Unit) -> dict[str, Any]:
        """With what a complete unit was made."""
        return json.loads(self._record(unit).read_text(encoding="utf-8"))

    def strangers(self, units: tuple[Unit, ...]) -> list[str]:
        """Tables in the folder that are no unit's."""
        own = {self._table(unit).name for unit in units}
        return sorted(p.name for p in self.folder.glob("[!.]*.csv.gz") if p.name not in own)

    def _rows(self, unit: Unit) -> bytes | None:
        try:
            record = self.record(unit)
            content = gzip.decompress(self._table(unit).read_bytes())
        except (FileNotFoundError, json.JSONDecodeError, gzip.BadGzipFile, EOFError):
            return None
        fits = record["configuration"] == unit.fingerprint
        return content if fits and record["sha256"] == _digest(content) else None

    def _table(self, unit: Unit) -> Path:
        return self.folder / f"{unit.slug}.csv.gz"

    def _record(self, unit: Unit) -> Path:
        return self.folder / f"{unit.slug}.json"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
