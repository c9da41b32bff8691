"""A table of molecules to search in."""

import difflib
import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._visible import in_one_line
from pyg_siamex.datasets.label_column import read_measured_column
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.datasets.rejected import Rejected
from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.nn.fingerprint import file_fingerprint
from pyg_siamex.recipe.molecules.columns import BY_NAME, MoleculeColumns
from pyg_siamex.recipe.molecules.embedded_rows import embedded_rows
from pyg_siamex.recipe.molecules.known_rows import KnownRows, written_keys
from pyg_siamex.recipe.molecules.named_smiles import say_named
from pyg_siamex.recipe.molecules.remembered import Remembered
from pyg_siamex.recipe.molecules.values import check_differing
from pyg_siamex.recipe.trained import Trained

_logger = logging.getLogger(__name__)

_LISTED = 10
"""Rows left out that are listed."""


class MoleculeLibrary:
    """The usable rows of a table, embedded once and made into graphs one by one.

    Args:
        path: The table.
        trained: The model, which says how features are made.
        columns: How the table is read; by default columns are found by their names.

    Attributes:
        known: What the model keeps of its molecules.
        source: Fingerprint of the table and of how graphs are made of it.
        shared: ``None``: molecules share no atoms.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it cannot be read or has no column of SMILES.

    Example:
        >>> library = MoleculeLibrary("library.csv", trained)
        >>> position, name = library.find("aspirin")
    """

    shared: list[Data] | None = None

    def __init__(
        self, path: str | Path, trained: Trained, columns: MoleculeColumns = BY_NAME
    ) -> None:
        self.known: Remembered = Remembered.by(trained)
        self.path: Path = Path(path)
        given = columns.smiles, columns.name, self.known.transform, self.known.standardisation
        self.table: MoleculeRows = MoleculeRows(self.path, *given)
        self._settings = {
            "features": self.known.transform.to_dict(),
            "standardisation": self.known.standardisation.to_dict(),
        }
        self.source: str = file_fingerprint(
            self.path, columns=[self.table.smiles, self.table.name], **self._settings
        )
        self._rows: list[int] = []

    @property
    def most(self) -> int:
        """Number of rows of the table, of which each may be an entry."""
        return len(self.table.rows)

    def embed(self, model: SiameseGNN, known: Library | None = None) -> Library:
        """Embed the usable rows; which these are, and why others are not, is kept with them.

        Args:
            model: The model.
            known: Embeddings of an earlier state of the table by the same model. Rows that are
                still there are not embedded again.
        """
        old = KnownRows(known, self._settings)
        written = [row.cells.get(self.table.smiles, "") for row in self.table.rows]
        kept = [
            row
            for row, text in enumerate(written)
            if not self.table.rows[row].problem and old.position(text) is not None
        ]
        known_rows = set(kept)
        wanted = [row for row in range(len(written)) if row not in known_rows]
        new = embedded_rows(self.table, model, wanted)
        if not kept and new.embeddings is None:
            raise ValueError(f"{self.path}: no row is a molecule: {new.rejected[0]}")
        parts = [old.embeddings([written[row] for row in kept])] if kept else []
        parts += [] if new.embeddings is None else [new.embeddings]
        places = torch.tensor([*kept, *new.rows])
        order = places.argsort()
        usable = places[order].tolist()
        names = [self.table.name_of(self.table.rows[row]) for row in usable]
        library = Library(model, torch.cat(parts)[order], names, self.source)
        library.columns["rows"] = places[order]
        library.columns["written"] = written_keys([written[row] for row in usable])
        library.extra["rejected"] = [[r.line, r.value, r.reason] for r in new.rejected]
        library.extra["settings"] = self._settings
        return library

    def use(self, library: Library) -> None:
        """Take the usable rows from a library, new or saved, and say which rows are not.

        Args:
            library: Embeddings, new or saved.

        Raises:
            ValueError: If they are not of rows of the table.
        """
        rows = library.columns.get("rows")
        if rows is None or not _are_rows(rows, len(self.table.rows)):
            raise ValueError(
                f"the embeddings do not say which rows of {self.path} they are of: delete their "
                f"file, and they are made again"
            )
        self._rows = rows.tolist()
        rejected = [Rejected(*row) for row in library.extra["rejected"]]
        if rejected:
            _warn(f"{self.path}: {len(rejected)} rows refused", rejected)

    def __getitem__(self, position: int) -> Data:
        """The graph of an entry."""
        return self.table[self._rows[position]]

    def cells(self, position: int) -> dict[str, str]:
        """What the table says of an entry, by column.

        Args:
            position: Position of the entry.
        """
        return dict(self.table.rows[self._rows[position]].cells)

    def measured(self, activity: str) -> list[float | None]:
        """The number of each entry in a column, as labels are read, or ``None``.

        Args:
            activity: Name of the column.

        Raises:
            ValueError: If it is missing or there twice, or holds values of several units.
        """
        values, _ = read_measured_column(self.path, self.table.rows, activity)
        return [values[row] for row in self._rows]

    def check_measured(self, activity: str) -> None:
        """Refuse a column that holds no measured values, before any molecule is embedded.

        Args:
            activity: Name of the column.

        Raises:
            ValueError: If it is missing or there twice, holds values of several units, has fewer
                than two numbers, or equal numbers alone.
        """
        rows = [row.cells for row in self.table.rows]
        if activity not in rows[0]:
            raise ValueError(
                f"{self.path} has no column '{in_one_line(activity, 60)}' for `activity`: it has "
                f"{in_one_line(', '.join(rows[0]))}"
            )
        values, refused = read_measured_column(self.path, self.table.rows, activity)
        unread = [
            Rejected(self.table.rows[k].line, rows[k].get(activity, ""), why)
            for k, why in sorted(refused.items())
        ]
        check_differing(values, activity, self.path, str(unread[0]) if unread else "")
        if unread:
            what = f"'{activity}' is no number in {len(unread)} rows, which are left out of it"
            _warn(f"{self.path}: {what}", unread)

    def find(self, text: str) -> tuple[Data | int, str]:
        """The row of that name, else of that line of the file, else the molecule; and its name.

        Args:
            text: What the user names.

        Raises:
            ValueError: If it is none of these, or the name stands more than once.
        """
        text = text.strip()  # as cells are read
        names = [self.table.name_of(row) for row in self.table.rows]
        found = self._row_called(text, names)
        if found is not None:
            position, row = self._usable(found), self.table.rows[found]
            say_named(text, row.cells[self.table.smiles], f"line {row.line} of {self.path}")
            return position, names[found]
        try:
            return self.table.graph(text), text
        except ValueError as error:
            close = difflib.get_close_matches(text, names, 3)
            hint = f"; did you mean {', '.join(close)}?" if close else ""
            raise ValueError(
                f"`query` '{text}' is neither a name nor a line of {self.path}, nor a molecule: "
                f"{error}{hint}"
            ) from error

    def entry(self, found: Data | int) -> Data | int:
        """What :meth:`find` found, a row as its position among the entries.

        Args:
            found: The graph, or its place in the files.
        """
        return self._rows.index(found) if isinstance(found, int) else found

    def notes(self, found: Data | int, text: str, hits: Sequence[int]) -> list[str]:
        """What is new in the query, and whether wedges are drawn that the model does not read.

        Args:
            found: What :meth:`find` found.
            text: How the user named it.
            hits: Positions of the hits among the entries.
        """
        query, written = found, text
        if isinstance(found, int):
            query, written = self.table[found], self.table.rows[found].cells[self.table.smiles]
        drawn = [str(graph.smiles) for graph in (query, *(self[k] for k in hits))]
        return [*self.known.notes("the query", written, query), *self.known.stereo_note(*drawn)]

    def _row_called(self, text: str, names: list[str]) -> int | None:
        """The row of a name or else of a line; ``None`` if there is none."""
        found = [k for k, name in enumerate(names) if name == text]
        if not found and text.isdecimal():
            found = [k for k, row in enumerate(self.table.rows) if row.line == int(text)]
        if len(found) > 1:
            lines = [str(self.table.rows[k].line) for k in found[:5]]
            raise ValueError(
                f"{len(found)} rows of {self.path} are named '{text}', lines {', '.join(lines)}: "
                f"give the line as `query`"
            )
        return found[0] if found else None

    def _usable(self, row: int) -> int:
        try:
            self.table[row]
        except ValueError as error:
            line = self.table.rows[row].line
            raise ValueError(f"line {line} of {self.path} is not a molecule: {error}") from error
        return row


def _warn(what: str, rows: Sequence[Rejected]) -> None:
    """Log what is left out, with the first of the rows."""
    listing = "\n".join(f"  {row}" for row in rows[:_LISTED])
    more = f"\n  and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
    _logger.warning("%s:\n%s%s", what, listing, more)


def _are_rows(rows: Tensor, count: int) -> bool:
    """Whether these are positions of rows, in their order."""
    if rows.dtype != torch.long or rows.dim() != 1 or not len(rows):
        return False
    return int(rows[0]) >= 0 and int(rows[-1]) < count and bool((rows.diff() > 0).all())
