"""The parts of a run: which pairs they have, and how one of them is explained and written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

from pyg_siamex.recipe.explained import Explained
from pyg_siamex.recipe.explaining import probability_of
from pyg_siamex.recipe.pair_table.asked_pairs import AskedPair, PairFile, PairsAtHand
from pyg_siamex.recipe.pair_table.pair_schema import table_of, write_part
from pyg_siamex.recipe.pair_table.run_folder import RunFolder
from pyg_siamex.recipe.pair_table.table_explainer import BATCH, Outcome, TableExplainer, batches

_FAR = 16
"""Parts that are read and forgotten rather than sought."""


class Part(NamedTuple):
    """Pairs that are written into one file.

    Attributes:
        number: Number of the part, from 0.
        pairs: Its pairs, in the order of the table.
    """

    number: int
    pairs: list[AskedPair]


@dataclass
class PartJob:
    """Explain any part of a run by its number. It can be pickled, for workers anywhere.

    Attributes:
        explainer: Explains pairs.
        asked: All pairs of the table.
        folder: Where parts are written.
        suffix: Ending of a picture or page for each pair, or ``None``.
    """

    explainer: TableExplainer
    asked: PairFile | PairsAtHand
    folder: RunFolder
    suffix: str | None = None
    _next: tuple[int, Iterator[AskedPair]] | None = field(default=None, repr=False)

    def __call__(self, number: int) -> int:
        """Read, explain and write a part.

        Args:
            number: Number of the part. Ascending numbers are read in one pass over the table.

        Returns:
            Number of its pairs.
        """
        [part] = self.read([number])
        return self.explain(part)

    def to(self, device: str) -> None:
        """Explain on a device.

        Args:
            device: The device.
        """
        self.explainer.to(device)

    def read(self, numbers: Iterable[int]) -> Iterator[Part]:
        """Parts of the table.

        Args:
            numbers: Numbers of the parts; best ascending.
        """
        size = self.folder.part
        for number in numbers:
            at, pairs = self._next or (0, self.asked.from_row(0))
            if at > number or (self.asked.seeks and number - at > _FAR):
                at, pairs = number, self.asked.from_row(number * size)
            next(islice(pairs, (number - at) * size, (number - at) * size), None)  # read and forget
            self._next = number + 1, pairs
            yield Part(number, list(islice(pairs, size)))

    def explain(self, part: Part) -> int:
        """Explain, draw and write a part.

        Args:
            part: The part.

        Returns:
            Number of its pairs.
        """
        rows: list[dict[str, Any]] = []
        for batch in batches(part.pairs, BATCH):
            found = self.explainer.explain(batch)
            rows += self.explainer.rows(found)
            if self.suffix is not None:
                for outcome, row in zip(found, rows[-len(found) :], strict=True):
                    row.get("warnings", []).extend(self._draw(outcome, self.suffix))
        write_part(table_of(rows, self.explainer.schema), self.folder.file(part.number))
        return len(part.pairs)

    def _draw(self, outcome: Outcome, suffix: str) -> list[str]:
        """Draw a pair, and say why if it cannot be drawn."""
        pair, found, _ = outcome
        if found is None:
            return []
        probability = probability_of(self.explainer.trained, found)
        names = (pair.query, pair.reference)
        told: Explained = self.explainer.graphs.explained(found, probability, names, names)
        try:
            told.draw(self.folder.picture(pair.row, suffix))
        except (ValueError, RuntimeError) as error:
            return [f"no picture: {error}"]
        return []

    def __getstate__(self) -> dict[str, Any]:
        """The state to pickle: workers may be in other folders, and read for themselves."""
        folder = replace(self.folder, path=self.folder.path.absolute())
        return {**vars(self), "folder": folder, "_next": None}
