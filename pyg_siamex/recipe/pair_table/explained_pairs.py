"""Explained pairs on the disk, as data frames and as tables for spreadsheets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyg_siamex._door import checked
from pyg_siamex._visible import cell
from pyg_siamex.data.file import whole_file
from pyg_siamex.recipe.pair_table.pair_schema import read_part
from pyg_siamex.recipe.pair_table.run_folder import RunFolder

if TYPE_CHECKING:
    import pandas as pd

_LISTS = ("first", "second", "names", "mask")
_SHARED = ("row", "query", "reference", "similarity", "probability")


@dataclass(frozen=True)
class ExplainedPairs:
    """A folder of explained pairs.

    Attributes:
        folder: The folder.

    Example:
        >>> done = explain_pairs(trained, [("CCO", "CCN")], "explained", method="occlusion")
        >>> done.to_frame().loc[0, "query"]
        'CCO'
        >>> done.importances().loc[0, "element"]
        'C0-C1'
    """

    folder: RunFolder

    @classmethod
    @checked
    def load(cls, path: str | Path) -> "ExplainedPairs":
        """The explained pairs of a folder, also while it is written.

        Args:
            path: The folder.

        Raises:
            FileNotFoundError: If there are none.
            ValueError: If it holds something else.
        """
        return cls(RunFolder.of(Path(path)))

    @property
    def files(self) -> list[Path]:
        """The files that are written, by rows."""
        return [self.folder.file(number) for number in self.folder.done]

    @property
    def failed(self) -> int:
        """Number of pairs that could not be explained."""
        frames = self._frames(["row", "error"])
        return sum(int(frame["error"].notna().sum()) for frame in frames)

    @property
    def left(self) -> str:
        """What is not there yet, in words; empty if all pairs are."""
        left = self.folder.rows - self.folder.rows_done
        return f"{left:,} of {self.folder.rows:,} pairs are left to other ranks" if left else ""

    def first_errors(self, most: int = 3) -> list[str]:
        """The first reasons why pairs could not be explained, with their lines, or their rows.

        Args:
            most: How many.
        """
        out: list[str] = []
        for frame in self._frames(["row", "error"]):
            wrong = frame[frame["error"].notna()]
            out += [_placed(*one) for one in wrong[:most].itertuples(index=False)]
            if len(out) >= most:
                break
        return out[:most]

    def to_frame(self) -> "pd.DataFrame":
        """All written pairs, a row each.

        Returns:
            The columns of :func:`~pyg_siamex.recipe.pair_table.pair_schema.pair_schema`.

        Raises:
            ValueError: If no pair is written yet, or a file is damaged or of other rows.
        """
        import pandas as pd

        self._check_begun()
        return pd.concat(list(self._frames()), ignore_index=True)

    def importances(self) -> "pd.DataFrame":
        """A row for each element of each pair.

        Returns:
            Columns ``row``, ``query``, ``reference``, ``similarity``, ``probability``, ``graph``
            (``"query"`` or ``"reference"``), ``kind``, ``element`` (its name), ``first`` and
            ``second`` (see :class:`~pyg_siamex.explain.long_form.Element`) and ``importance``.
        """
        import pandas as pd

        self._check_begun()
        return pd.concat([_long(frame) for frame in self._frames()], ignore_index=True)

    def write_tables(self) -> list[Path]:
        """Write ``pairs.csv``, a row for each pair, and ``importances.csv``, for each element."""
        out = []
        wide = (
            frame.assign(top=frame["top"].map(_in_words), warnings=frame["warnings"].map(_joined))
            for frame in self._frames()
        )
        for name, frames in (("pairs", map(_short, wide)), ("importances", self._long_frames())):
            path = self.folder.path / f"{name}.csv"
            with whole_file(path) as temporary:
                for number, frame in enumerate(frames):
                    frame = frame.rename(columns=cell).map(cell)
                    frame.to_csv(temporary, mode="a", header=not number, index=False)
            out.append(path)
        return out

    def _check_begun(self) -> None:
        if not self.files:
            raise ValueError(
                f"{self.folder.path} has no explained pairs yet: go on with the same explain_pairs"
            )

    def _long_frames(self) -> "Iterator[pd.DataFrame]":
        return map(_long, self._frames())

    def _frames(self, columns: list[str] | None = None) -> "Iterator[pd.DataFrame]":
        for number in self.folder.done:
            file = self.folder.file(number)
            frame = read_part(file, columns).to_pandas()
            start = number * self.folder.part
            rows = range(start, start + self.folder.rows_in([number]))
            if frame["row"].tolist() != list(rows):
                raise ValueError(
                    f"{file} does not have the rows {rows.start} to {rows.stop - 1} of the run: "
                    f"delete it and run the same command again, which explains its pairs"
                )
            yield frame


def _placed(row: int, error: str) -> str:
    """A reason with its line in the file, or with the row of a table in memory."""
    return error if error.startswith("line ") else f"row {row}: {error}"


def _short(frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame[[name for name in frame if not str(name).endswith(_LISTS)]]


def _joined(sentences: "Sequence[str] | None") -> str:
    return "" if sentences is None else "; ".join(sentences)


def _in_words(top: "Sequence[dict[str, Any]] | None") -> str:
    if top is None:
        return ""
    return "; ".join(f"{one['graph']} {one['element']} {one['importance']:.3g}" for one in top)


def _long(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A row for each element of each pair that was explained."""
    import pandas as pd

    rows = [
        (*shared, side, kind, name, first, second, value)
        for side in ("query", "reference")
        for *shared, kind, firsts, seconds, names, values in frame[frame["error"].isna()][
            [*_SHARED, "kind", *(f"{side}_{name}" for name in _LISTS)]
        ].itertuples(index=False)
        for name, first, second, value in zip_longest(names, firsts, seconds, values, fillvalue=-1)
    ]
    columns = [*_SHARED, "graph", "kind", "element", "first", "second", "importance"]
    return pd.DataFrame(rows, columns=columns).sort_values("row", kind="stable")
