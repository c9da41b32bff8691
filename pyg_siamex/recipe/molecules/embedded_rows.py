"""Embeddings of the rows of a table of molecules, on all cores where there are many."""

import pickle
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.datasets.csv_rows import Row
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.datasets.rejected import Rejected
from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.recipe.processes import cores, in_processes

_ROWS = 4096
"""Rows of a part, also on one core, so that embeddings do not depend on the number of cores."""

_LEAST_PARTS = 12
"""Parts that are worth the start of processes."""


@dataclass(frozen=True)
class EmbeddedRows:
    """Embeddings of some rows of a table.

    Attributes:
        rows: Positions of the usable rows.
        embeddings: Their embeddings, ``[len(rows), D]``; ``None`` if no row is usable.
        rejected: The other rows, with their reasons.
    """

    rows: list[int]
    embeddings: Tensor | None
    rejected: list[Rejected]


def embedded_rows(
    table: MoleculeRows, model: SiameseGNN, wanted: Sequence[int], workers: int | None = None
) -> EmbeddedRows:
    """Embed rows in parts, which are shared out among processes if there are many.

    Args:
        table: The table.
        model: The model; sent once to each process. A model that cannot be pickled is used in this
            process alone.
        wanted: Positions of the rows.
        workers: Number of processes. Default: one for each core if there are at least twelve parts.

    Raises:
        OSError: If a process was killed.
    """
    starts = range(0, len(wanted), _ROWS)
    places = [wanted[start : start + _ROWS] for start in starts]
    if workers is None:
        workers = min(cores(), len(places)) if len(places) >= _LEAST_PARTS else 1
    parts = [[table.rows[row] for row in some] for some in places]
    done = list(_in_turn(_EmbedRows(_without_rows(table), model), parts, workers))
    known = [one.embeddings for one in done if one.embeddings is not None]
    return EmbeddedRows(
        [some[row] for some, one in zip(places, done, strict=True) for row in one.rows],
        torch.cat(known) if known else None,
        [one for part in done for one in part.rejected],
    )


@dataclass(frozen=True)
class _EmbedRows:
    """Embeds a part of the rows of a table."""

    table: MoleculeRows
    model: SiameseGNN

    def __call__(self, part: list[Row]) -> EmbeddedRows:
        table = copy(self.table)
        table.rows = part
        rejected: list[Rejected] = []
        made = dict(table.usable(rejected))
        if not made:
            return EmbeddedRows([], None, rejected)
        library = Library.embed(self.model, list(made.values()), source="rows")
        return EmbeddedRows(list(made), library.embeddings, rejected)


def _in_turn(job: _EmbedRows, parts: list[list[Row]], workers: int) -> Iterator[EmbeddedRows]:
    if workers < 2 or not _can_be_sent(job):
        return map(job, parts)
    return in_processes(job, parts, workers, ordered=True)


def _without_rows(table: MoleculeRows) -> MoleculeRows:
    """How molecules are made of rows, which go to each process once."""
    bare = copy(table)
    bare.rows = []
    return bare


def _can_be_sent(job: _EmbedRows) -> bool:
    """Whether the model can be pickled, which a function of its own may not."""
    try:
        pickle.dumps(job.model)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True
