"""A table of rows to search in."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torch_geometric.data import Data

from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.recipe.name_places import NamePlaces
from pyg_siamex.recipe.rows.reading import BY_INDEX, RowReading
from pyg_siamex.recipe.rows.scaling import Scaling
from pyg_siamex.recipe.rows.table import naming, read_named, usable_rows, warn_of_refused
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd


class RowLibrary:
    """The usable rows of a table, scaled as the model's training rows were.

    Args:
        table: The data frame or CSV file; columns that the model does not know are left out.
        trained: The model, which says how rows are scaled.
        reading: Where the names of the rows are. By default where the model's own rows had them,
            if the table has that column; the index, or ``"line 2"``, names a row too.

    Attributes:
        path: The file, or ``None`` for a data frame.
        rows: A graph per usable row.
        shared: The same: all rows have the same columns.
        source: Fingerprint of the rows and of how they are scaled.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the table lacks a column of the model.

    Example:
        >>> library = RowLibrary("cells.csv", trained)
        >>> position, name = library.find("line 2")
    """

    def __init__(
        self,
        table: "str | Path | pd.DataFrame",
        trained: Trained,
        reading: RowReading = BY_INDEX,
    ) -> None:
        plain = trained.metadata["rows"]
        scaling = Scaling(**plain["scaling"])
        self.path: Path | None = Path(table) if isinstance(table, str | Path) else None
        frame, _, name = read_named(table, trained, None, reading.name)
        with naming(table):
            found = usable_rows(frame, scaling.columns, name=name)
            if found.frame.empty:
                raise ValueError("the table has no row with a value in every column")
            made = scaling.rows(found.frame, name=name)
        self.rows: list[Data] = [made[k] for k in range(len(made))]
        self.shared: list[Data] | None = self.rows
        self._where = str(self.path or "the table")
        self._places = NamePlaces((row.name for row in self.rows), "row", self._where)
        index = made.frame.index if reading.name is None else ()
        self._by_index = NamePlaces(map(str, index), "row", self._where)
        self.refused: list[str] = found.refused
        text = json.dumps(scaling.to_dict()) + made.frame.to_csv()
        self.source: str = hashlib.sha256(text.encode()).hexdigest()

    @property
    def most(self) -> int:
        """Number of rows, of which each may be an entry."""
        return len(self.rows)

    def embed(self, model: SiameseGNN, known: Library | None = None) -> Library:
        """Embed all rows.

        Args:
            model: The model.
            known: Not used: all rows are embedded together.
        """
        return Library.embed(model, self.rows, source=self.source)

    def use(self, library: Library) -> None:
        """Say which rows could not be used.

        Args:
            library: Embeddings, new or saved.
        """
        warn_of_refused(self.refused)

    def __getitem__(self, position: int) -> Data:
        """The graph of a row."""
        return self.rows[position]

    def find(self, text: str) -> tuple[int, str]:
        """Position and name of a row.

        Args:
            text: What the user names.

        Raises:
            ValueError: If no usable row, or more than one, has that name.
        """
        if text in self.refused and text not in self._places:
            raise ValueError(
                f"row '{text}' of {self._where} lacks a value: fill it or name another row"
            )
        known = self._places if text in self._places else self._by_index
        return (known if text in known else self._places).find(text), text

    def entry(self, found: Data | int) -> Data | int:
        """What :meth:`find` found: every usable row is an entry.

        Args:
            found: Its position.
        """
        return found

    def notes(self, found: Data | int, text: str, hits: Sequence[int]) -> list[str]:
        """Nothing is said of these.

        Args:
            found: What :meth:`find` found.
            text: How the user named it.
            hits: Positions of the hits.
        """
        return []
