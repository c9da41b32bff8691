"""Subjects: an array each, with names, labels, regions, and what keeps them together."""

import copy
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from pyg_siamex._arrays import regular
from pyg_siamex._door import checked
from pyg_siamex._once import check_once
from pyg_siamex._visible import bare, folded
from pyg_siamex.data.positions import place_of
from pyg_siamex.data.positions import positions as chosen_positions
from pyg_siamex.datasets.cell_numbers import is_missing
from pyg_siamex.datasets.connectome.bids import person_of
from pyg_siamex.datasets.connectome.frame_regions import regions_of
from pyg_siamex.datasets.connectome.label_cells import read_values, without_label
from pyg_siamex.datasets.doubtful_classes import warn_of_doubtful
from pyg_siamex.datasets.label import encode_classes, in_a_row, is_continuous

_logger = logging.getLogger(__name__)


@checked
class Subjects:
    """A connectivity matrix or time series per subject, with names and labels.

    Args:
        arrays: Matrices ``[S, R, R]``, a list of matrices ``[R, R]``, or a list of time series
            ``[T, R]`` (T may differ). Names of the columns of data frames are regions.
        names: Name of each subject, or of each scan. Default: ``"1"``, ``"2"``, ...
        labels: Target of each subject, ``[S]``: classes or measured values, numbers or words. A
            missing label is ``None`` or NaN. Default: no labels.
        class_names: Name of each class, for labels that are numbers 0, 1, ... Default: the values
            of the labels.
        regions: Name of each region, in the order of the arrays' columns. Default: those of data
            frames, else not known.
        groups: A key per subject, texts or numbers; subjects with equal keys (scans of a person,
            members of a family) belong in one part of any split. Default: the person that a BIDS
            name is of, else the name.
        sites: Where each subject was measured. Default: not known.
        columns: More about the subjects: by name of a column, a text per subject.
        files: The file of each subject, for messages. Default: not known.

    Attributes:
        arrays: The arrays, a list.
        names: The names, a list.
        labels: Class ``[S]`` long, or value ``[S]`` float, or ``None``.
        class_names: Names of the classes in the order of their numbers, or ``None`` for measured
            values or no labels.
        unlabelled: Positions of the subjects whose label is missing.
        regions: The regions' names, a list, or ``None``.
        groups: The keys, for ``PairDataset.split(together=groups)``.
        sites: The sites, or ``None``.
        columns: The columns.
        files: The files, or ``None``.

    Raises:
        ValueError: If the subjects are empty, lengths or the rows of an array differ, data frames
            have regions in different orders, labels are several for a subject, infinite or not in
            ``class_names``, or a person is in two groups.
    """

    def __init__(
        self,
        arrays: Sequence[ArrayLike] | np.ndarray,
        names: Sequence[str] | Sequence[int] | None = None,
        labels: Sequence[Any] | Tensor | np.ndarray | None = None,
        class_names: Sequence[str] | None = None,
        *,
        regions: Sequence[str] | None = None,
        groups: Sequence[str] | Sequence[float] | None = None,
        sites: Sequence[str] | Sequence[float] | None = None,
        columns: Mapping[str, Sequence[object]] | None = None,
        files: Sequence[str] | None = None,
    ) -> None:
        self.arrays: list[np.ndarray] = _arrays(arrays)
        if not self.arrays:
            raise ValueError("subjects are empty: give at least one")
        given = range(1, len(self.arrays) + 1) if names is None else names
        self.names: list[str] = [str(name) for name in in_a_row("names", given)]
        if len(self.names) != len(self.arrays):
            raise ValueError(f"{len(self.names)} names for {len(self.arrays)} subjects")
        self.regions: list[str] | None = regions_of(arrays, regions)
        self._check_regions()
        persons = [person_of(name) for name in self.names]
        self.groups: list[str] = persons if groups is None else self._of_each("groups", groups)
        _check_persons(persons, self.groups)
        self.sites: list[str] | None = None if sites is None else self._of_each("sites", sites)
        self.columns: dict[str, list[str]] = {
            str(name): self._of_each(f"column '{name}'", cells)
            for name, cells in (columns or {}).items()
        }
        self.files: list[str] | None = None if files is None else self._of_each("files", files)
        self.labels: Tensor | None = None
        self.class_names: list[str] | None = None
        self.unlabelled: list[int] = []
        if labels is not None:
            self._read_labels(labels, class_names)
        elif class_names is not None:
            raise ValueError("`class_names` are of labels: give `labels` too, or leave them out")

    def __len__(self) -> int:
        """Number S of subjects."""
        return len(self.arrays)

    def called(self, position: int) -> str:
        """A subject in messages: its name and, if that is known, its file.

        Args:
            position: Its position.

        Raises:
            IndexError: If there is no such subject.

        Example:
            >>> Subjects([[[0, 1], [1, 0]]], ["a"], files=["study.npz"]).called(0)
            "subject 'a' of study.npz"
        """
        position = place_of(position, len(self))
        where = "" if self.files is None else f" of {self.files[position]}"
        return f"subject '{self.names[position]}'{where}"

    @checked
    def with_arrays(
        self,
        arrays: Sequence[ArrayLike] | np.ndarray,
        regions: Sequence[str] | None = None,
    ) -> "Subjects":
        """The same subjects with other arrays, for example with fewer regions.

        Args:
            arrays: An array per subject.
            regions: Names of the arrays' regions, where they are others than before.

        Raises:
            ValueError: If there is not one array per subject, rows of an array differ in length, or
                no array has as many columns as there are names of regions.
        """
        if len(arrays) != len(self):
            raise ValueError(f"{len(arrays)} arrays for {len(self)} subjects")
        out = copy.copy(self)
        out.arrays = _arrays(arrays)
        named = regions_of(arrays, regions)
        out.regions = self.regions if named is None else named
        out._check_regions()
        return out

    def _check_regions(self) -> None:
        """Raise ``ValueError`` for names that fit no subject; single ones are refused later."""
        if self.regions is None:
            return
        widths = {array.shape[-1] for array in self.arrays if array.ndim}
        if len(self.regions) not in widths:
            told = ", ".join(map(str, sorted(widths)[:5]))
            raise ValueError(f"{len(self.regions)} regions for arrays with {told} columns")

    @checked
    def select(self, positions: Sequence[int] | Tensor) -> "Subjects":
        """Select some of the subjects, in the given order.

        Raises:
            ValueError: If no position is given.
            IndexError: If a position is out of range.
        """
        chosen = chosen_positions(positions, len(self))
        if not chosen:
            raise ValueError("no subject is selected")
        out = self.with_arrays(self.arrays)
        out.arrays = [self.arrays[k] for k in chosen]
        out.names = [self.names[k] for k in chosen]
        out.groups = [self.groups[k] for k in chosen]
        out.sites = None if self.sites is None else [self.sites[k] for k in chosen]
        out.files = None if self.files is None else [self.files[k] for k in chosen]
        out.columns = {name: [cells[k] for k in chosen] for name, cells in self.columns.items()}
        out.labels = None if self.labels is None else self.labels[chosen]
        out.unlabelled = [place for place, k in enumerate(chosen) if k in self.unlabelled]
        return out

    def _of_each(self, what: str, given: Sequence[Any]) -> list[str]:
        """One text per subject; 1 and 1.0 are one group, as tables with gaps have it."""
        keys = what in ("groups", "sites")
        cells = [_key(cell) if keys else str(cell) for cell in in_a_row(what, given)]
        if len(cells) != len(self):
            raise ValueError(f"{what}: {len(cells)} for {len(self)} subjects")
        empty = [name for name, cell in zip(self.names, cells, strict=True) if is_missing(cell)]
        if empty and keys:
            raise ValueError(f"subject '{empty[0]}' has no entry in {what}: give every subject one")
        if keys:
            _tell_case(what, cells)
        return cells

    def _read_labels(self, labels: Any, class_names: Sequence[str] | None) -> None:
        values = in_a_row("labels", labels)
        if len(values) != len(self):
            raise ValueError(f"{len(values)} labels for {len(self)} subjects")
        cells = ["" if value is None else bare(str(value)) for value in values]
        missing = [is_missing(cell) for cell in cells]
        known = [cell for cell, absent in zip(cells, missing, strict=True) if not absent]
        if class_names is None and is_continuous(known):
            self.labels, self.unlabelled = read_values(cells, self.names)
            return
        if class_names is None:
            missing = without_label(cells, self.names)
            known = [cell for cell, absent in zip(cells, missing, strict=True) if not absent]
        self.unlabelled = [k for k, absent in enumerate(missing) if absent]
        present = ~torch.tensor(missing)
        self.class_names, classes = _classes(known, class_names)
        if class_names is None and known:
            warn_of_doubtful("the column of labels", self.class_names, len(known))
        self.labels = torch.full((len(self),), -1)
        self.labels[present] = classes


def _key(cell: object) -> str:
    """A text, or the text of a number, which for whole ones has no point."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else folded(str(cell))


def _tell_case(what: str, keys: Sequence[str]) -> None:
    """Log two keys that differ in case alone, and count as two."""
    spelling: dict[str, str] = {}
    for key in dict.fromkeys(keys):
        first = spelling.setdefault(key.casefold(), key)
        if first != key:
            _logger.warning(
                "%s '%s' and '%s' differ in case alone and count as two: write them alike if they "
                "are one",
                *(what, first, key),
            )
            return


def _arrays(given: Iterable[Any]) -> list[np.ndarray]:
    """An array of NumPy for each subject, from a tensor without its gradient."""
    return [regular(f"array {k} of `arrays`", array) for k, array in enumerate(given)]


def _check_persons(persons: Sequence[str], groups: Sequence[str]) -> None:
    """Refuse scans of one person in two groups, which a split could put into two parts."""
    group_of: dict[str, str] = {}
    for person, group in zip(persons, groups, strict=True):
        if group_of.setdefault(person, group) != group:
            raise ValueError(
                f"scans of '{person}' are in two groups, '{group_of[person]}' and '{group}': give "
                f"all scans of a person one group"
            )


def _classes(known: list[str], names: Sequence[str] | None) -> tuple[list[str], Tensor]:
    found, classes = encode_classes(known)
    if names is None:
        return found, classes
    names = [str(name) for name in names]
    check_once("class_names", map(bare, names))
    if not all(map(bare, names)):
        raise ValueError("`class_names` has an empty name: call that class something")
    place = {str(k): k for k in range(len(names))} | {name: k for k, name in enumerate(names)}
    for name in found:
        if name not in place:
            raise ValueError(f"label '{name}' is none of the classes {', '.join(names)}")
    return names, torch.tensor([place[found[k]] for k in classes.tolist()], dtype=torch.long)
