"""Matrices from what files hold: as they are, or computed from time series."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyg_siamex.datasets.connectome import Subjects, connectivity, missing_regions
from pyg_siamex.datasets.connectome.region_array import nearly_square
from pyg_siamex.datasets.connectome.time_series import check_inverse, tangent_mean

_logger = logging.getLogger(__name__)


def check_arrays(subjects: Subjects, kind: str | None) -> Subjects:
    """The subjects, if they have matrices, or time series and a kind of connectivity.

    Args:
        subjects: What was read.
        kind: ``"correlation"``, ``"partial"``, ``"tangent"``, or ``None`` for matrices.

    Raises:
        ValueError: If there are time series and no kind, or matrices and a kind.
    """
    series = [array.ndim == 2 and array.shape[0] != array.shape[1] for array in subjects.arrays]
    if kind is None and all(series):
        length, regions = subjects.arrays[0].shape
        raise ValueError(
            f"{subjects.called(0)} has a time series of {length} time points and "
            f"{regions} regions, not a matrix: say with `kind` what is made of it: "
            f"correlation, partial or tangent{nearly_square((length, regions))}"
        )
    short = [k for k, array in enumerate(subjects.arrays) if len(array) < array.shape[-1]]
    if kind is not None and any(series) and short:
        length, regions = subjects.arrays[short[0]].shape
        _logger.warning(
            "the time series of %d subjects have more regions (%d) than time points (%d), such as "
            "that of '%s': rows must be time points, columns regions",
            *(len(short), regions, length, subjects.names[short[0]]),
        )
    if kind is not None and not any(series):
        raise ValueError(
            f"`kind` is for time series, and {subjects.called(0)} has a matrix: leave it out"
        )
    return subjects


def fit_mean(subjects: Subjects, rows: Sequence[int]) -> np.ndarray:
    """Geometric mean of the covariances of some subjects, the origin of tangent space.

    Args:
        subjects: Time series.
        rows: Positions of the training subjects.

    Returns:
        ``[R, R]``.

    Raises:
        ValueError: As for :meth:`SeriesConnectivity.matrices`.
    """
    chosen = subjects.select(list(rows))
    _refuse_lacking(chosen, _lacking(chosen))
    return tangent_mean(chosen)


def _lacking(subjects: Subjects) -> list[np.ndarray]:
    """Which regions each subject's time series lacks."""
    return [missing_regions(array, series=True) for array in subjects.arrays]


def _refuse_lacking(subjects: Subjects, lacking: Sequence[np.ndarray]) -> None:
    """Raise ``ValueError`` for subjects that cannot be in tangent space."""
    first = next((k for k, missing in enumerate(lacking) if missing.any()), None)
    if first is not None:
        raise ValueError(
            f"{subjects.called(first)} lacks regions, which tangent space cannot fill: leave them "
            f"out of all subjects with `drop_regions`"
        )


@dataclass(frozen=True)
class SeriesConnectivity:
    """Computes matrices from time series.

    Attributes:
        kind: ``"correlation"``, ``"partial"`` or ``"tangent"``.
        mean: Origin of tangent space, ``[R, R]``; of ``"tangent"`` alone.

    Example:
        >>> series = Subjects([np.random.default_rng(0).random((30, 5))])
        >>> SeriesConnectivity("partial").matrices(series).arrays[0].shape
        (5, 5)
    """

    kind: str
    mean: np.ndarray | None = None

    def matrices(self, subjects: Subjects) -> Subjects:
        """The same subjects with matrices; regions without a signal (NaN) have no connection.

        Args:
            subjects: Time series.

        Raises:
            ValueError: If a series is too short, not finite, or, for ``"tangent"``, lacks a region.
        """
        lacking = _lacking(subjects)
        if not any(missing.any() for missing in lacking):
            return self._complete(subjects)
        if self.kind == "tangent":
            _refuse_lacking(subjects, lacking)
        return subjects.with_arrays(
            [self._partly(subjects.select([k]), missing) for k, missing in enumerate(lacking)]
        )

    def _complete(self, subjects: Subjects) -> Subjects:
        if self.mean is None:
            kind: Any = self.kind
            return connectivity(subjects, kind)
        covariances = connectivity(subjects, "covariance").arrays
        check_inverse(subjects, "tangent", covariances)
        whitening = _mapped(self.mean, lambda values: values**-0.5)
        return subjects.with_arrays(
            [_mapped(whitening @ one @ whitening, np.log) for one in covariances]
        )

    def _partly(self, subject: Subjects, missing: np.ndarray) -> np.ndarray:
        """The matrix of one subject without some signals."""
        there = np.flatnonzero(~missing)
        out = np.zeros((len(missing), len(missing)))
        if len(there) > 1:
            known = Subjects([subject.arrays[0][:, there]], subject.names, files=subject.files)
            out[np.ix_(there, there)] = self._complete(known).arrays[0]
        return out


def _mapped(matrix: np.ndarray, function: Any) -> np.ndarray:
    """A function of the eigenvalues of a symmetric matrix."""
    values, vectors = np.linalg.eigh(matrix)
    mapped: np.ndarray = (vectors * function(values)) @ vectors.T
    return mapped
