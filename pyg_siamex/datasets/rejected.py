"""Rows of a table that could not be used."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejected:
    """A row without a valid molecule.

    Attributes:
        line: Line of the file; the header is line 1.
        value: Content of the cell.
        reason: Why it was refused.
    """

    line: int
    value: str
    reason: str

    def __str__(self) -> str:
        """One line for a log."""
        return f"line {self.line}: {self.value!r}: {self.reason}"
