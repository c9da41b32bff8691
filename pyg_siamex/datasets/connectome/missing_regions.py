"""Regions that some subjects lack: leave them out of all subjects, or fill them."""

import logging
from collections.abc import Sequence

import numpy as np

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex.datasets.connectome.region_array import which_series
from pyg_siamex.datasets.connectome.subjects import Subjects

_logger = logging.getLogger(__name__)

_USABLE = 0.5
"""Share of the regions that a subject must have to count."""


@checked
def complete_regions(subjects: Subjects, drop: bool) -> Subjects:
    """Make every subject have the same regions.

    A subject lacks a region whose row is NaN but for the diagonal; in a time series, whose signal
    is NaN or constant. Subjects that lack more than half of the regions are left as they are, for
    later checks to refuse.

    Args:
        subjects: Matrices ``[R, R]`` or time series ``[T, R]``.
        drop: ``True`` leaves regions that a subject lacks out of all subjects. ``False`` sets the
            connections of a missing region to 0, and its signal to NaN.

    Returns:
        The subjects; what was done is logged.

    Raises:
        ValueError: If arrays differ in their regions, or fewer than two regions are left.

    Example:
        >>> complete_regions(subjects, drop=True).arrays[0].shape
        (40, 40)
    """
    series = which_series(subjects.arrays)
    lacking = [
        missing_regions(array, is_series)
        for array, is_series in zip(subjects.arrays, series, strict=True)
    ]
    width = len(lacking[0])
    if any(len(missing) != width for missing in lacking):
        raise ValueError("subjects have different numbers of regions, and no names for them")
    usable = [missing.mean() <= _USABLE for missing in lacking]
    names = subjects.regions or [f"ROI {k + 1}" for k in range(width)]
    counted = [missing for missing, ok in zip(lacking, usable, strict=True) if ok]
    some = np.any(counted, 0) if counted else np.zeros(width, dtype=bool)
    if not some.any():
        return subjects
    count = sum(bool(missing.any()) for missing in counted)
    listed = _listed([name for name, gone in zip(names, some, strict=True) if gone])
    if not drop:
        _logger.warning(
            "%s in %d subjects that lack them: regions %s",
            *("without a signal" if all(series) else "filled with 0", count, listed),
        )
        each = zip(subjects.arrays, lacking, usable, series, strict=True)
        return subjects.with_arrays(
            [
                _filled(array, missing, is_series) if ok else array
                for array, missing, ok, is_series in each
            ]
        )
    kept = np.flatnonzero(~some)
    if len(kept) < 2:
        raise ValueError(_too_few(subjects, lacking, usable, len(kept)))
    _logger.warning(
        "left out of all subjects, since %d lack them: %d of %d regions, %s",
        *(count, int(some.sum()), width, listed),
    )
    return subjects.with_arrays(
        [
            _kept(array, kept, is_series)
            for array, is_series in zip(subjects.arrays, series, strict=True)
        ],
        [names[k] for k in kept],
    )


def _too_few(
    subjects: Subjects, lacking: Sequence[np.ndarray], usable: Sequence[bool], kept: int
) -> str:
    """Which subject lacks most regions, where hardly one is in all."""
    counts = [int(one.sum()) if ok else -1 for one, ok in zip(lacking, usable, strict=True)]
    most = counts.index(max(counts))
    return (
        f"{kept} of {len(lacking[0])} regions are in all subjects, and {subjects.called(most)} "
        f"lacks {counts[most]}: leave such subjects out, name the regions alike in all files, or "
        f"fill the regions"
    )


@checked
def missing_regions(array: np.ndarray, series: bool | None = None) -> np.ndarray:
    """Which regions an array lacks, bool ``[R]``.

    Args:
        array: A matrix of connectivity, ``[R, R]``, or time series, ``[T, R]``.
        series: Whether it is a time series. Default: if it is not square.

    Raises:
        ValueError: If it is neither, or empty.
    """
    if array.ndim != 2 or not array.size or array.dtype.kind not in "biuf":
        raise ValueError(
            f"an array must be numbers, [R, R] or [T, R] (got {array.dtype} of shape "
            f"{list(array.shape)})"
        )
    if series is False and array.shape[0] != array.shape[1]:
        raise ValueError(f"a matrix must be [R, R] (got shape {list(array.shape)})")
    values = np.asarray(array, dtype=float)
    if either(series, values.shape[0] != values.shape[1]):
        useless: np.ndarray = ~np.isfinite(values).any(0) | (values == values[0]).all(0)
        return useless
    hole = np.isnan(values)
    np.fill_diagonal(hole, True)
    empty: np.ndarray = hole.all(1)
    return empty


def _filled(array: np.ndarray, missing: np.ndarray, is_series: bool) -> np.ndarray:
    out = np.array(array, dtype=float)
    if not is_series:
        out[missing] = 0
        out[:, missing] = 0
    else:
        out[:, missing] = np.nan
    return out


def _kept(array: np.ndarray, kept: np.ndarray, is_series: bool) -> np.ndarray:
    if not is_series:
        left: np.ndarray = array[np.ix_(kept, kept)]
        return left
    return array[:, kept]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
