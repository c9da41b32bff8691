"""What the readers of a table need of it: its columns, and what is in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyg_siamex._numbers import shown


@dataclass(frozen=True)
class Columns:
    """Columns of a table, as a part of its annotation: ``Annotated[pd.DataFrame, Columns(...)]``.

    A table may have other columns too, and no rows.

    Attributes:
        texts: Columns of texts.
        whole: Columns of whole numbers.
        numbers: Columns of numbers, which may be missing (NaN).
        others: Columns of anything.
        known: Columns of numbers that may be there.
        each: Columns that together are different in each row.

    Example:
        >>> import pandas as pd
        >>> Columns(["group"], numbers=["mean"]).wrong(pd.DataFrame({"group": ["a"]}))
        "it has no 'mean'"
    """

    texts: tuple[str, ...] | list[str] = ()
    whole: tuple[str, ...] | list[str] = ()
    numbers: tuple[str, ...] | list[str] = ()
    others: tuple[str, ...] | list[str] = ()
    known: tuple[str, ...] | list[str] = ()
    each: tuple[str, ...] | list[str] = ()

    @property
    def words(self) -> str:
        """What such a table is called."""
        names = (*self.texts, *self.whole, *self.numbers, *self.others)
        return f"a table with the columns {', '.join(names)}" if names else "a table"

    def wrong(self, table: Any) -> str:
        """What is wrong with a table; empty if nothing is.

        Args:
            table: A data frame.
        """
        has = list(table.columns)
        numbers = [*self.numbers, *(name for name in self.known if name in has)]
        wanted = {
            **dict.fromkeys(self.others, ("", "", "")),
            **dict.fromkeys(self.texts, ("O", "string empty categorical", "texts")),
            **dict.fromkeys(self.whole, ("iu", "integer empty", "whole numbers")),
            **dict.fromkeys(
                numbers, ("iuf", "integer floating mixed-integer-float empty", "numbers")
            ),
        }
        missing = [name for name in wanted if name not in has]
        if missing:
            return f"it has no {', '.join(map(repr, missing))}"
        twice = next((name for name in wanted if has.count(name) > 1), None)
        if twice is not None:
            return f"it has {has.count(twice)} columns '{twice}'"
        if not table.index.is_unique:
            return "it has rows with the same label in its index: use .reset_index(drop=True)"
        for name, (letters, inferred, words) in wanted.items():
            if words and not _holds(table[name], letters, inferred):
                return f"its '{name}' are not all {words}"
        if self.each and bool(table.duplicated(list(self.each)).any()):
            return f"it has two rows of the same {', '.join(self.each)}"
        return ""


@dataclass(frozen=True)
class Tables:
    """Tables by name, as a part of the annotation of a dict of tables.

    Attributes:
        needed: What is needed of tables that must be there.
        known: What is needed of tables that may be there; there are no others.
    """

    needed: Mapping[str, Columns]
    known: Mapping[str, Columns] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What such a dict is called."""
        names = ", ".join(map(repr, self.needed))
        may = f", and where it is known {', '.join(map(repr, self.known))}" if self.known else ""
        return f"a dict of the tables {names}{may}"

    def wrong(self, tables: Any) -> str:
        """What is wrong with the tables; empty if nothing is.

        Args:
            tables: Data frames by name.
        """
        missing = [name for name in self.needed if name not in tables]
        if missing:
            return f"it has no {', '.join(map(repr, missing))}"
        all_known = {**self.known, **self.needed}
        for name, table in tables.items():
            if name not in all_known:
                return f"it has {shown(name)}, which is none of them"
            told = all_known[name].wrong(table)
            if told:
                return f"of its {name!r}: {told}"
        return ""


def _holds(column: Any, letters: str, inferred: str) -> bool:
    """Whether a column has a type of numbers, by numpy's letter, or objects that are all of a kind.

    Args:
        column: The column.
        letters: Letters of fitting types.
        inferred: What pandas infers from fitting objects.
    """
    kind = getattr(column.dtype, "kind", "")
    if not hasattr(column.dtype, "newbyteorder") and bool(column.isna().any()):
        return False  # types of pandas alone have values that are missing, and no numbers
    if kind != "O":
        return kind in letters
    from pandas.api.types import infer_dtype

    return infer_dtype(column, skipna=False) in inferred.split()
