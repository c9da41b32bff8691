"""Which molecules are learned from, which say when to stop, and which judge the model."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._visible import folded
from pyg_siamex.chemistry import scaffold_smiles
from pyg_siamex.data import PairDataset
from pyg_siamex.data.graph_keys import graph_keys, joined_keys
from pyg_siamex.data.split import split_graphs, split_in_order
from pyg_siamex.datasets.molecule_table import MoleculeTable
from pyg_siamex.recipe.molecules.times import times_of

_logger = logging.getLogger(__name__)

_ENOUGH = ((100, (0.8, 0.1, 0.1)), (50, (0.6, 0.2, 0.2)))
"""Fewest molecules, and the shares to learn from, to stop by and to judge by."""

_PARTS = (
    {"train", "training", "learn"},
    {"valid", "validation", "val", "dev"},
    {"test", "testing", "heldout", "holdout", "external"},
)
"""Words for the three parts."""


@dataclass(frozen=True)
class HeldOut:
    """Pairs to learn from, to stop by and to judge by.

    Attributes:
        learn: Pairs of the training molecules.
        validation: Pairs of the molecules that say when to stop; ``learn`` if none is held out.
        test: Pairs of the molecules that judge; ``learn`` if none is held out.
        how: The split in words.

    Example:
        >>> held_out(PairDataset(table), table).judged  # of 22 molecules
        'training'
    """

    learn: PairDataset
    validation: PairDataset
    test: PairDataset
    how: str

    @property
    def judged(self) -> str:
        """``"test"``, or ``"training"`` if nothing is held out."""
        return "training" if self.test is self.learn else "test"

    @property
    def sizes(self) -> dict[str, int]:
        """Molecules in each part."""
        if self.judged == "training":
            return {"training": len(self.learn.graphs)}
        parts = {"training": self.learn, "validation": self.validation, "test": self.test}
        return {name: len(part.graphs) for name, part in parts.items()}


def held_out(
    pairs: PairDataset,
    table: MoleculeTable,
    split: str | None = None,
    seed: int = 0,
    reads: Sequence[str] = ("x", "edge_attr"),
) -> HeldOut:
    """Split molecules, those together that a model cannot tell apart.

    Args:
        pairs: Pairs of all molecules.
        table: The molecules.
        split: ``"random"`` (the default), ``"scaffold"`` (Murcko scaffolds stay together;
            molecules without a ring stand alone), ``"time COLUMN"`` (the latest judge), or a
            column, whose values name the parts (train, validation, test) or what stays together.
        seed: Seed of the split and of the pairs.
        reads: Attributes that the model reads besides the edges.

    Raises:
        ValueError: If a split that was asked for cannot be made.

    Example:
        >>> held_out(PairDataset(table), table).sizes
        {'training': 22}
    """
    same = graph_keys((pairs.graphs[k] for k in range(len(table))), reads)
    plan = _Plan.of(split, table, same, seed)
    problem = f"fewer than {_ENOUGH[-1][0]}"
    for least, fractions in _ENOUGH:
        if len(table) < least and plan.given is None:
            continue
        try:
            parts = plan.parts(fractions, pairs.labels)
            learn, stop, judge = (pairs.subset(part, seed, same, plan.keys) for part in parts)
        except ValueError as error:  # a part with no two alike, or no two unlike molecules
            problem = str(error)
            continue
        return HeldOut(learn, stop, judge, plan.how)
    if split not in (None, "random"):
        raise ValueError(f"`split` {split}: {len(table)} molecules cannot be split so ({problem})")
    _logger.warning(
        "%d molecules are too few to hold some out (%s): the model is judged by what it has "
        "learned from, which says nothing about new molecules",
        *(len(table), problem),
    )
    return HeldOut(pairs, pairs, pairs, "nothing is held out")


@dataclass(frozen=True)
class _Plan:
    """How positions are dealt.

    Attributes:
        how: In words.
        keys: A key per molecule; equal ones stay together.
        seed: Seed.
        times: When each was made, or ``None``.
        given: Number of the part of each, or ``None``.
    """

    how: str
    keys: list[int]
    seed: int
    times: list[float] | None = None
    given: Tensor | None = None

    @classmethod
    def of(cls, split: str | None, table: MoleculeTable, same: list[int], seed: int) -> "_Plan":
        if split in (None, "random"):
            return cls("random", same, seed)
        if split == "scaffold":
            return cls("by Murcko scaffold", joined_keys(same, _scaffolds(table)), seed)
        kind, column = split[:4], split[5:].strip()
        if kind == "time" and split[4:5] in (" ", ":", "="):
            times = times_of(table.cells(column), table.lines, column)
            return cls(f"by time, column '{column}'", same, seed, times)
        if split not in table.columns:
            raise ValueError(
                f"`split` must be random, scaffold, 'time COLUMN' or a column (got '{split}'; the "
                f"table has {', '.join(table.columns)})"
            )
        return _by_column(split, table, same, seed)

    def parts(self, fractions: Sequence[float], labels: Tensor | None) -> list[Tensor]:
        """Positions of each part."""
        size = len(self.keys)
        if self.times is not None:
            return split_in_order(self.times, fractions, self.keys)
        if self.given is None:
            return split_graphs(size, fractions, self.seed, labels, self.keys)
        learn, validation, test = ((self.given == k).nonzero().flatten() for k in range(3))
        if not len(validation):  # a share of the training part says when to stop
            inner = [self.keys[int(k)] for k in learn]
            own = None if labels is None else labels[learn]
            stay, stop = split_graphs(len(learn), (0.9, 0.1), self.seed, own, inner)
            learn, validation = learn[stay], learn[stop]
        return [learn, validation, test]


def _scaffolds(table: MoleculeTable) -> list[str]:
    found = [scaffold_smiles(text) for text in table.canonical_smiles]
    return [core or f"no ring {k}" for k, core in enumerate(found)]


def _by_column(column: str, table: MoleculeTable, same: list[int], seed: int) -> _Plan:
    cells = table.cells(column)
    words = ["".join(filter(str.isalpha, cell.lower())) for cell in cells]
    place = [next((k for k, known in enumerate(_PARTS) if word in known), -1) for word in words]
    if not {0, 2} <= set(place):
        alone = [
            folded(cell) or f"line {line}" for cell, line in zip(cells, table.lines, strict=True)
        ]
        if len(set(alone)) == len(alone):
            _logger.warning(
                "column '%s' has another value in each row: it keeps no two molecules together, "
                "and the split is random",
                column,
            )
        return _Plan(f"by column '{column}'", joined_keys(same, alone), seed)
    if -1 in place:
        k = place.index(-1)
        raise ValueError(
            f"`split` {column}: line {table.lines[k]} is in part '{cells[k]}', which is none of "
            f"train, validation, test"
        )
    first: dict[int, int] = {}
    for key, part in zip(same, place, strict=True):
        first[key] = min(part, first.get(key, part))
    moved = sum(first[key] != part for key, part in zip(same, place, strict=True))
    if moved:
        _logger.warning(
            "%d molecules of column '%s' are in an earlier part too, as the model sees them, and "
            "left to it",
            *(moved, column),
        )
    given = torch.tensor([first[key] for key in same])
    return _Plan(f"the parts of column '{column}'", same, seed, given=given)
