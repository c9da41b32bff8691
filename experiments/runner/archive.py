"""The measured units of an experiment in two files that git keeps: an index and a table of rows.

``units.jsonl`` is the index. First comes a line for each run: versions, commit and machine. Then
comes a line for each unit, sorted by name: its values, seconds, digests and the run it is from.
``rows.csv.gz`` is the table, in the order of the index. It is a series of gzip members, one for
each unit and one for a header, which ``zcat`` and pandas read as one CSV: a unit that is measured
again changes its own bytes and no others.
"""

import gzip
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyg_siamex.data.file import whole_file
from pyg_siamex.data.plain_json import from_json
from runner.measured import BROKEN, Measured, is_sealed, sha256

INDEX = "units.jsonl"
TABLE = "rows.csv.gz"
OF_UNIT = (
    *("unit", "configuration", "seed", "seconds", "processor_seconds"),
    *("rows", "sha256", "digest"),
)
MEMBER = gzip.compress(b"", mtime=0)[:8]  # what every member starts with


@dataclass(frozen=True)
class Archive:
    """What the two files hold.

    Attributes:
        units: By name; those whose rows and record fit their digests.
        altered: Names of the others, or the number of a line that cannot be read.
    """

    units: Mapping[str, Measured]
    altered: tuple[str, ...]


def read_archive(folder: Path) -> Archive:
    """Read both files of a folder; where there are none, nothing is measured."""
    records, altered = _read_index(_bytes(folder / INDEX))
    wanted = {record["sha256"] for record in records.values()}
    bodies = dict(_bodies(_bytes(folder / TABLE), wanted))
    units = {
        name: Measured(record, *bodies[record["sha256"]])
        for name, record in records.items()
        if record["sha256"] in bodies
    }
    return Archive(units, (*altered, *(name for name in records if name not in units)))


def write_archive(folder: Path, units: Mapping[str, Measured]) -> None:
    """Replace both files, each as a whole; the same units make the same bytes.

    The table comes first. A process that dies between the two leaves an old index, which still
    finds the rows of every unit that was not replaced.
    """
    units = dict(sorted(units.items()))
    for name, lines in ((TABLE, _table(units.values())), (INDEX, _index(units))):
        for stray in folder.glob(f".{name}.*"):
            stray.unlink()
        content = b"".join(lines)
        if content != _bytes(folder / name):
            with whole_file(folder / name) as temporary, open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # what it holds is deleted elsewhere next


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _index(units: Mapping[str, Measured]) -> Iterator[bytes]:
    runs, lines = {}, []
    for name, measured in units.items():
        record = measured.record
        run = {key: value for key, value in record.items() if key not in OF_UNIT}
        code = sha256(json.dumps(run, sort_keys=True).encode())[:8]
        runs[code] = {"run": code} | run
        own = {key: record[key] for key in OF_UNIT if key in record}
        lines.append({"name": name, "run": code} | own)
    for line in (*(runs[code] for code in sorted(runs)), *lines):
        yield json.dumps(line).encode() + b"\n"


def _read_index(content: bytes) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Records by name, and which lines or units do not fit their digests."""
    runs, records, altered = {}, {}, []
    for number, text in enumerate(content.splitlines(), 1):
        name = f"line {number} of {INDEX}"
        try:
            line = from_json(text)
            code = line.pop("run")
            if "name" not in line:
                runs[code] = line
                continue
            if not isinstance(line["name"], str):
                raise TypeError(line["name"])
            name = line.pop("name")
            record = line | runs[code]
            sealed = is_sealed(record)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            sealed = False
        if sealed:
            records[name] = record
        else:
            altered.append(name)
    return records, altered


def _table(units: Iterable[Measured]) -> Iterator[bytes]:
    header = b""
    for measured in units:
        if measured.header != header:
            header = measured.header
            yield gzip.compress(header, mtime=0)
        yield measured.packed


def _bodies(content: bytes, wanted: set[str]) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
    """Digest, header and packed lines of each member that has a wanted digest."""
    header = b""
    for rest in content.split(MEMBER)[1:]:
        packed = MEMBER + rest
        try:
            lines = gzip.decompress(packed)
        except BROKEN:
            continue
        digest = sha256(header + lines)
        if digest in wanted:
            yield digest, (header, packed)
        elif lines.count(b"\n") == 1:
            header = lines
