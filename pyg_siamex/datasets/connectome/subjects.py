"""Subjects: an array each, with names and labels."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.datasets.label import encode_classes, is_continuous, is_missing


class Subjects:
    """A connectivity matrix or time series per subject, with names and labels.

    Args:
        arrays: Matrices ``[S, R, R]``, a list of matrices ``[R, R]``, or a list of time series
            ``[T, R]`` (T may differ).
        names: Name of each subject. A name may occur more than once (several scans); keep these
            together with ``PairDataset.split(together=names)``. Default: ``"1"``, ``"2"``, ...
        labels: Target of each subject, ``[S]``: classes or measured values, numbers or words. A
            missing label is ``None`` or NaN. Default: no labels.
        class_names: Name of each class, for labels that are numbers 0, 1, ... Default: the values
            of the labels.

    Attributes:
        arrays: The arrays, a list.
        names: The names, a list.
        labels: Class ``[S]`` long, or value ``[S]`` float, or ``None``.
        class_names: Names of the classes in the order of their numbers, or ``None`` for measured
            values or no labels.
        unlabelled: Positions of the subjects whose label is missing.

    Raises:
        ValueError: If the subjects are empty, lengths differ, or a label is not in ``class_names``.
    """

    def __init__(
        self,
        arrays: Sequence[np.ndarray] | np.ndarray,
        names: Sequence[str] | None = None,
        labels: Any = None,
        class_names: Sequence[str] | None = None,
    ) -> None:
        self.arrays = [np.asarray(array) for array in arrays]
        if not self.arrays:
            raise ValueError("subjects are empty: give at least one")
        given = range(1, len(self.arrays) + 1) if names is None else names
        self.names = [str(name) for name in given]
        if len(self.names) != len(self.arrays):
            raise ValueError(f"{len(self.names)} names for {len(self.arrays)} subjects")
        self.labels: Tensor | None = None
        self.class_names: list[str] | None = None
        self.unlabelled: list[int] = []
        if labels is not None:
            self._read_labels(labels, class_names)

    def __len__(self) -> int:
        """Number S of subjects."""
        return len(self.arrays)

    def with_arrays(self, arrays: Sequence[np.ndarray] | np.ndarray) -> "Subjects":
        """The same subjects with other arrays, for example with fewer regions.

        Raises:
            ValueError: If there is not one array per subject.
        """
        if len(arrays) != len(self):
            raise ValueError(f"{len(arrays)} arrays for {len(self)} subjects")
        out = copy.copy(self)
        out.arrays = [np.asarray(array) for array in arrays]
        return out

    def select(self, positions: Sequence[int] | Tensor) -> "Subjects":
        """Select some of the subjects, in the given order.

        Raises:
            ValueError: If no position is given.
            IndexError: If a position is out of range.
        """
        chosen = [range(len(self))[int(k)] for k in positions]
        if not chosen:
            raise ValueError("no subject is selected")
        out = self.with_arrays(self.arrays)
        out.arrays = [self.arrays[k] for k in chosen]
        out.names = [self.names[k] for k in chosen]
        out.labels = None if self.labels is None else self.labels[chosen]
        out.unlabelled = [place for place, k in enumerate(chosen) if k in self.unlabelled]
        return out

    def _read_labels(self, labels: Any, class_names: Sequence[str] | None) -> None:
        values = labels.tolist() if hasattr(labels, "tolist") else list(labels)
        if len(values) != len(self):
            raise ValueError(f"{len(values)} labels for {len(self)} subjects")
        cells = ["" if value is None else str(value).strip() for value in values]
        missing = [is_missing(cell) for cell in cells]
        known = [cell for cell, absent in zip(cells, missing, strict=True) if not absent]
        self.unlabelled = [k for k, absent in enumerate(missing) if absent]
        present = ~torch.tensor(missing)
        if class_names is None and is_continuous(known):
            self.labels = torch.full((len(self),), float("nan"))
            self.labels[present] = torch.tensor([float(cell) for cell in known])
            return
        self.class_names, classes = _classes(known, class_names)
        self.labels = torch.full((len(self),), -1)
        self.labels[present] = classes


def _classes(known: list[str], names: Sequence[str] | None) -> tuple[list[str], Tensor]:
    found, classes = encode_classes(known)
    if names is None:
        return found, classes
    names = [str(name) for name in names]
    place = {str(k): k for k in range(len(names))} | {name: k for k, name in enumerate(names)}
    for name in found:
        if name not in place:
            raise ValueError(f"label '{name}' is none of the classes {', '.join(names)}")
    return names, torch.tensor([place[found[k]] for k in classes.tolist()], dtype=torch.long)
