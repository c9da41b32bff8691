"""Which columns of a table hold the pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyg_siamex._door import checked
from pyg_siamex._one_column import check_one_column
from pyg_siamex._visible import in_one_line

_USUAL = (
    ("query", "reference"),
    ("one", "other"),
    ("a", "b"),
    *((f"{word}1", f"{word}2") for word in ("smiles", "molecule", "subject", "name", "id", "row")),
    *((f"{word}a", f"{word}b") for word in ("smiles", "molecule", "subject", "name", "id", "row")),
)
"""Names of the two columns, without case, blanks and punctuation."""


@checked
@dataclass(frozen=True)
class PairColumns:
    """Which columns of a table hold the pairs.

    Attributes:
        query_column: Column of the queries. By default the two columns are found by their names,
            such as query and reference or SMILES 1 and SMILES 2, or are all that the table has.
        reference_column: Column of the references; named if the other one is.

    Example:
        >>> PairColumns("ligand", "decoy").query_column
        'ligand'
    """

    query_column: str | None = None
    reference_column: str | None = None

    def check(self) -> None:
        """Refuse one column without the other.

        Raises:
            ValueError: If only one is named, or both are the same.
        """
        named = [name for name in (self.query_column, self.reference_column) if name is not None]
        if len(named) == 1 or len(set(named)) < len(named):
            raise ValueError(
                "`query_column` and `reference_column` are two different columns: name both, or "
                "neither"
            )

    def found(self, columns: Sequence[str], where: str) -> tuple[str, str]:
        """The two columns of a table.

        Args:
            columns: Names of all columns.
            where: Where they are, for messages.

        Raises:
            ValueError: If they cannot be told, or the table has one of them twice.
        """
        found = self._found(columns, where)
        for name in found:
            check_one_column(where, columns, name)
        return found

    def guessed(self, columns: Sequence[str]) -> tuple[str, str] | None:
        """The two columns, where nothing but their number tells that they are the pairs.

        Args:
            columns: Names of all columns.

        Example:
            >>> PairColumns().guessed(["left", "right"]), PairColumns().guessed(["a", "b"])
            (('left', 'right'), None)
        """
        named = self.query_column is not None or _usual(columns) is not None
        return None if named or len(columns) != 2 else (columns[0], columns[1])

    def _found(self, columns: Sequence[str], where: str) -> tuple[str, str]:
        self.check()
        if self.query_column is not None and self.reference_column is not None:
            for name in (self.query_column, self.reference_column):
                if name not in columns:
                    raise ValueError(f"{where} has no column '{name}': it has {_listed(columns)}")
            return self.query_column, self.reference_column
        usual = _usual(columns)
        if usual is not None:
            return usual
        if len(columns) == 2:
            return columns[0], columns[1]
        raise ValueError(
            f"{where} does not say which columns are the pairs: name `query_column` and "
            f"`reference_column`, of {_listed(columns)}"
        )


def _usual(columns: Sequence[str]) -> tuple[str, str] | None:
    """The two columns that have usual names."""
    plain = {"".join(filter(str.isalnum, name)).lower(): name for name in reversed(columns)}
    found = ((one, other) for one, other in _USUAL if one in plain and other in plain)
    return next(((plain[one], plain[other]) for one, other in found), None)


def _listed(columns: Sequence[str]) -> str:
    return in_one_line(", ".join(columns), 300)
