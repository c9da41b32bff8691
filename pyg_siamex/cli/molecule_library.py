"""A table of molecules to search in."""

import difflib
import logging
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.datasets.molecule_table import Rejected
from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.nn.fingerprint import file_fingerprint

logger = logging.getLogger(__name__)

LISTED = 10
"""Refused rows that are listed."""


class MoleculeLibrary:
    """The usable rows of a table, embedded once and made into graphs one by one.

    Args:
        path: The CSV file.
        metadata: What the model's file says of its features.
        smiles: Column of the SMILES, where it cannot be told by its name.
        name: Column of the names, likewise.
        largest_fragment: Strip salts and solvents.

    Attributes:
        source: Fingerprint of the table and of how graphs are made of it.
    """

    def __init__(
        self,
        path: Path,
        metadata: dict[str, Any],
        smiles: str | None = None,
        name: str | None = None,
        largest_fragment: bool = False,
    ) -> None:
        transform = OneHotMolecule.from_dict(metadata["features"])
        self.path = path
        self.table = MoleculeRows(path, smiles, name, transform, largest_fragment)
        self.source = file_fingerprint(
            path,
            features=metadata["features"],
            columns=[self.table.smiles, self.table.name],
            largest_fragment=largest_fragment,
        )
        self._rows: list[int] = []

    def embed(self, model: SiameseGNN) -> Library:
        """Embed the usable rows; which these are, and why others are not, is kept with them."""
        rejected: list[Rejected] = []
        rows: list[int] = []

        def graphs() -> Any:
            for position, graph in self.table.usable(rejected):
                rows.append(position)
                yield graph

        try:
            library = Library.embed(model, graphs(), source=self.source)
        except ValueError as error:
            if rows:
                raise
            raise ValueError(f"{self.path}: no row is a molecule: {rejected[0]}") from error
        library.extra["rows"] = rows
        library.extra["rejected"] = [[r.line, r.value, r.reason] for r in rejected]
        return library

    def use(self, library: Library) -> None:
        """Take the usable rows from a library, new or saved, and say which rows are not."""
        self._rows = library.extra["rows"]
        rejected = [Rejected(*row) for row in library.extra["rejected"]]
        if rejected:
            listing = "\n".join(f"  {row}" for row in rejected[:LISTED])
            more = f"\n  and {len(rejected) - LISTED} more" if len(rejected) > LISTED else ""
            logger.warning("%s: %d rows refused:\n%s%s", self.path, len(rejected), listing, more)

    def __getitem__(self, position: int) -> Data:
        """The graph of an entry."""
        return self.table[self._rows[position]]

    def find(self, text: str) -> tuple[Data | int, str]:
        """The row of that name, else of that line of the file, else the molecule; and its name.

        Raises:
            ValueError: If it is none of these, or the name stands more than once.
        """
        names = [self.table.name_of(row) for row in self.table.rows]
        found = [k for k, name in enumerate(names) if name == text]
        if not found and text.isdecimal():
            found = [k for k, row in enumerate(self.table.rows) if row.line == int(text)]
        if len(found) > 1:
            lines = [str(self.table.rows[k].line) for k in found[:5]]
            raise ValueError(
                f"{len(found)} rows of {self.path} are named '{text}', lines {', '.join(lines)}: "
                f"give the line as --query"
            )
        if found:
            return self._usable(found[0]), names[found[0]]
        try:
            return self.table.graph(text), text
        except ValueError as error:
            close = difflib.get_close_matches(text, names, 3)
            hint = f"; did you mean {', '.join(close)}?" if close else ""
            raise ValueError(
                f"--query '{text}' is no name and no line of {self.path}, and no molecule: "
                f"{error}{hint}"
            ) from error

    def entry(self, found: Data | int) -> Data | int:
        """What :meth:`find` found, a row as its position among the entries."""
        return self._rows.index(found) if isinstance(found, int) else found

    def _usable(self, row: int) -> int:
        try:
            self.table[row]
        except ValueError as error:
            line = self.table.rows[row].line
            raise ValueError(f"line {line} of {self.path} is no molecule: {error}") from error
        return row
