"""Rows of a table that could not be used."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejected:
    """A row that gave no molecule.

    Attributes:
        line: Line of the file, the header being line 1.
        value: What stood there.
        reason: Why it was refused.
    """

    line: int
    value: str
    reason: str

    def __str__(self) -> str:
        """One line for a log."""
        return f"line {self.line}: {self.value!r}: {self.reason}"
