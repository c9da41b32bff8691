"""One measured unit: its rows and its record, and whether they still fit each other."""

import gzip
import hashlib
import json
import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyg_siamex.data.plain_json import from_json

BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)


@dataclass(frozen=True)
class Measured:
    """Rows of a unit with their record.

    Attributes:
        record: All values, their hash, versions, commit, machine and seconds; ``sha256`` of the
            rows as CSV, and ``digest`` of everything else in the record.
        header: First line of the CSV.
        packed: The other lines, compressed with gzip.
    """

    record: dict[str, Any]
    header: bytes
    packed: bytes

    @classmethod
    def of(cls, record: dict[str, Any], content: bytes) -> "Measured":
        """Put rows and their record together, and seal both with digests.

        Args:
            record: Without ``sha256`` and ``digest``.
            content: The rows as CSV.
        """
        header, newline, lines = content.partition(b"\n")
        record = record | {"sha256": sha256(content)}
        packed = gzip.compress(lines, mtime=0)
        return cls(record | {"digest": record_digest(record)}, header + newline, packed)

    @classmethod
    def from_bytes(cls, found: bytes) -> "Measured | None":
        """What :meth:`to_bytes` wrote, or ``None`` where a byte is missing or altered."""
        try:
            line, header, packed = found.split(b"\n", 2)
            measured = cls(from_json(line), header + b"\n", packed)
            fits = measured.record["sha256"] == sha256(measured.content)
            return measured if fits and is_sealed(measured.record) else None
        except (ValueError, KeyError, TypeError, RecursionError, *BROKEN):
            return None

    def to_bytes(self) -> bytes:
        """The record as a line of JSON, the header as a line, the packed lines."""
        return json.dumps(self.record).encode() + b"\n" + self.header + self.packed

    @property
    def content(self) -> bytes:
        """The rows as CSV."""
        return self.header + gzip.decompress(self.packed)


def sha256(content: bytes) -> str:
    """Digest of rows, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def record_digest(record: dict[str, Any]) -> str:
    """Digest of a record without its own ``digest``, whatever the order of its keys."""
    facts = {key: value for key, value in record.items() if key != "digest"}
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode())[:16]


def is_sealed(record: dict[str, Any]) -> bool:
    """Whether a record is one, and nothing in it was altered since it was made."""
    return is_record(record) and record["digest"] == record_digest(record)


def is_record(record: Any) -> bool:
    """Whether all that reports read of a record is there and of its kind."""
    return (
        isinstance(record, dict)
        and all(isinstance(record.get(key), kind) for key, kind in _NEEDED.items())
        and all(fits(record[key]) for key, fits in _OPTIONAL.items() if record.get(key) is not None)
    )


_NEEDED = {"unit": dict, "configuration": str, "sha256": str, "digest": str}


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def _are_versions(value: Any) -> bool:
    return isinstance(value, dict) and all(
        found is None or isinstance(found, str) for found in value.values()
    )


def _is_machine(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("processor", ""), str)
        and type(value.get("cores", 1)) in (int, type(None))
    )


_OPTIONAL: dict[str, Callable[[Any], bool]] = {
    "versions": _are_versions,
    "commit": lambda value: isinstance(value, str),
    "dirty": _is_truth,
    "recorded": _is_truth,
    "machine": _is_machine,
    "seconds": _is_time,
    "processor_seconds": _is_time,
}
