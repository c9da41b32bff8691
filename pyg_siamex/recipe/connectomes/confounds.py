"""What matrices owe to age, sex, site or motion, learned from some subjects and taken out."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyg_siamex._visible import folded
from pyg_siamex.datasets.cell_numbers import as_number, is_missing
from pyg_siamex.datasets.missing_code import missing_codes
from pyg_siamex.recipe.connectomes.known_matrix import known_by

_logger = logging.getLogger(__name__)

_DIGITS = 7
_ROUNDING = 1e-12
_LARGEST = 1e100
"""Largest confound, so that no product overflows."""

_SAME = 1 - 1e-6
"""Correlation of numbers that are the same but for rounding."""

_FAR = 1e4
"""Least distance of one number from all others, in units of their range, that is an error."""


@dataclass(frozen=True)
class Confounds:
    """Numbers of each subject for a linear model of its connections.

    Attributes:
        names: Name of each number.
        values: ``[S, C]``.
        columns: Names of the columns that they are from.
    """

    names: list[str]
    values: np.ndarray
    columns: list[str]

    @classmethod
    def of_columns(
        cls, columns: Mapping[str, Sequence[str]], chosen: Sequence[str], subjects: Sequence[str]
    ) -> "Confounds":
        """Numbers from texts: a column of numbers as it is, words as an indicator of each.

        Args:
            columns: By name, a text per subject.
            chosen: Names of the columns to use.
            subjects: Name of each subject, for errors.

        Raises:
            ValueError: If a column is missing, has an empty cell, or is the same for everybody.

        Example:
            >>> from pyg_siamex.recipe.connectomes.confounds import Confounds
            >>> columns = {"age": ["20", "31"], "sex": ["m", "f"]}
            >>> Confounds.of_columns(columns, ["age", "sex"], ["a", "b"]).names
            ['age', 'sex=m']
        """
        names: list[str] = []
        parts: list[np.ndarray] = []
        for column in chosen:
            if column not in columns:
                listed = ", ".join(columns) or "none"
                raise ValueError(f"`confounds` names '{column}', and the columns are: {listed}")
            for name, part in _numbers(column, list(columns[column]), subjects).items():
                names.append(name)
                parts.append(part)
        return cls(names, np.stack(parts, axis=1), list(chosen))


@dataclass(frozen=True)
class ConfoundModel:
    r"""A linear model of each connection, :math:`m_{sij} = a_{ij} + \sum_c b_{cij} z_{sc}`.

    Attributes:
        names: Name of each confound.
        mean: Mean of each in the subjects that it was learned from, ``[C]``.
        slopes: Slope of each connection, ``[C, R, R]``.
        known: Confounds of each subject by its matrix, see ``known_by``, for subjects whose
            graphs are made later. Another study may have subjects of the same names.
    """

    names: list[str]
    mean: np.ndarray
    slopes: np.ndarray
    known: dict[str, list[float]]

    @classmethod
    def learned(cls, matrices: np.ndarray, values: np.ndarray, names: list[str]) -> "ConfoundModel":
        """Least squares over subjects; confounds that are the same for all have slope 0.

        Confounds are compared by their spread, so their units do not matter.

        Args:
            matrices: ``[S, R, R]``.
            values: ``[S, C]``.
            names: Name of each confound.

        Raises:
            ValueError: If there are not more subjects than confounds.
        """
        if len(matrices) <= values.shape[1] + 1:
            raise ValueError(
                f"{len(matrices)} subjects are too few to regress {values.shape[1]} confounds out"
            )
        mean = values.mean(0)
        flat = matrices.reshape(len(matrices), -1).astype(float)
        spread = _spread(values, mean)
        apart = np.divide(values - mean, spread, out=np.zeros_like(values), where=spread > 0)
        slopes = np.linalg.pinv(apart) @ (flat - flat.mean(0))  # [C, R R]
        slopes = np.divide(slopes.T, spread, out=np.zeros_like(slopes.T), where=spread > 0).T
        return cls(names, mean, slopes.reshape(-1, *matrices.shape[1:]), {})

    def take_out(self, matrices: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Matrices as if every subject had the mean confounds, ``[S, R, R]``.

        Args:
            matrices: ``[S, R, R]``.
            values: ``[S, C]``.
        """
        left: np.ndarray = matrices - np.einsum("sc,cij->sij", values - self.mean, self.slopes)
        return left

    def values_of(self, names: Sequence[str], digests: Sequence[str]) -> np.ndarray:
        """Confounds of subjects with known matrices, ``[S, C]``.

        Args:
            names: Name of each subject, for errors.
            digests: SHA-256 of each matrix.

        Raises:
            ValueError: If a matrix was not among those of the training.
        """
        keys = [known_by(digest) for digest in digests]
        for name, key in zip(names, keys, strict=True):
            if key not in self.known:
                raise ValueError(
                    f"the model takes {', '.join(self.names)} out of matrices, and these are not "
                    f"known of the matrix of subject '{name}': only subjects that it was trained "
                    f"on can be read"
                )
        return np.array([self.known[key] for key in keys])

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        row, col = np.triu_indices(self.slopes.shape[-1], 1)
        upper = [[float(f"{v:.{_DIGITS}g}") for v in one[row, col]] for one in self.slopes]
        return {
            "names": self.names,
            "mean": self.mean.tolist(),
            "regions": self.slopes.shape[-1],
            "slopes": upper,
            "known": self.known,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "ConfoundModel":
        """What :meth:`to_dict` wrote.

        Args:
            plain: Plain values.

        Raises:
            ValueError: If it has slopes of another number of connections than of its regions.
        """
        size = plain["regions"]
        if any(2 * len(slopes) != size * (size - 1) for slopes in plain["slopes"]):
            raise ValueError(f"the slopes of the confounds are not of {size} regions")
        row, col = np.triu_indices(size, 1)
        slopes = np.zeros((len(plain["names"]), size, size))
        slopes[:, row, col] = slopes[:, col, row] = np.array(plain["slopes"])
        return cls(plain["names"], np.array(plain["mean"]), slopes, plain["known"])


def say_confounded(
    columns: Mapping[str, Sequence[str]], chosen: Sequence[str], labels: Sequence[float], kind: str
) -> None:
    """Log confounds that tell the label of every subject.

    Args:
        columns: By name, a text per subject.
        chosen: Names of the confounds.
        labels: Class or measured value of each subject.
        kind: ``"classes"`` or ``"measured"``.

    Example:
        >>> say_confounded({"sex": ["m", "f", "f", "m"]}, ["sex"], [0, 0, 1, 1], "classes")
    """
    same = _tells_classes if kind == "classes" else _is_value
    for column in chosen:
        if same([folded(cell) for cell in columns[column]], labels):
            _logger.warning(
                "the confound '%s' tells the label of every subject: taking its effect out of the "
                "connections takes out what labels differ in",
                column,
            )


def _tells_classes(cells: Sequence[str], labels: Sequence[float]) -> bool:
    """Whether subjects with the same cell are of one class, where several have the same."""
    classes: dict[str, set[float]] = {}
    for cell, label in zip(cells, labels, strict=True):
        classes.setdefault(cell, set()).add(label)
    return 2 * len(classes) <= len(cells) and all(len(found) == 1 for found in classes.values())


def _is_value(cells: Sequence[str], labels: Sequence[float]) -> bool:
    """Whether numbers are a linear function of the label."""
    numbers = [as_number(cell) for cell in cells]
    known = [number for number in numbers if number is not None]
    if len(known) < len(cells) or len(set(known)) < 3 or len(set(labels)) < 3:
        return False
    return abs(float(np.corrcoef(known, labels)[0, 1])) > _SAME


def _spread(values: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Largest distance from each mean, 0 where subjects differ by rounding alone, ``[C]``."""
    spread: np.ndarray = np.abs(values - mean).max(0)
    return np.where(spread > _ROUNDING * np.abs(values).max(0), spread, 0.0)


def _numbers(column: str, cells: list[str], subjects: Sequence[str]) -> dict[str, np.ndarray]:
    for name, cell in zip(subjects, cells, strict=True):
        if is_missing(cell):
            raise ValueError(
                f"subject '{name}' has no entry in column '{column}', a confound: fill it in, or "
                f"leave the subject out"
            )
    cells = [folded(cell) for cell in cells]
    if len({cell.casefold() for cell in cells}) < 2:
        raise ValueError(f"the confound '{column}' is '{cells[0]}' for everybody: leave it out")
    numbers = [as_number(cell) for cell in cells]
    found = [number for number in numbers if number is not None]
    if len(found) == len(cells):
        _refuse_code(column, found, subjects)
        _refuse_far(column, found, subjects)
        return {column: np.array(found)}
    if 2 * len(found) > len(cells):
        place = numbers.index(None)
        raise ValueError(
            f"the confound '{column}' has numbers and '{cells[place]}' (subject "
            f"'{subjects[place]}'): write one or the other"
        )
    spelling: dict[str, str] = {}  # case tells no kinds apart, as in labels
    cells = [spelling.setdefault(cell.casefold(), cell) for cell in cells]
    kinds = sorted(set(cells))
    return {
        f"{column}={kind}": np.array([float(cell == kind) for cell in cells]) for kind in kinds[1:]
    }


def _refuse_code(column: str, numbers: list[float], subjects: Sequence[str]) -> None:
    for code in missing_codes(numbers)[:1]:
        raise ValueError(
            f"the confound '{column}' is {code:g} for subject '{subjects[numbers.index(code)]}', "
            f"far from all others: fill it in if it stands for a missing value, or leave the "
            f"subject out"
        )


def _refuse_far(column: str, numbers: list[float], subjects: Sequence[str]) -> None:
    """Refuse a number that lies so far from all others that nothing else is left of the column."""
    found = np.array(numbers) / _LARGEST
    order = found.argsort()
    for place, others in ((order[0], found[order[1:]]), (order[-1], found[order[:-1]])):
        distance = np.abs(found[place] - others).min()
        if np.abs(found[place]) > 1 or distance > _FAR * np.ptp(others) > 0:
            raise ValueError(
                f"the confound '{column}' is {numbers[place]:g} for subject '{subjects[place]}', "
                f"far from all others: correct it, or leave the subject out"
            )
