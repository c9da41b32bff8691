"""Compute connectivity matrices from regional time series with nilearn."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._once import check_once
from pyg_siamex.datasets.connectome.region_array import is_symmetric
from pyg_siamex.datasets.connectome.subjects import Subjects

_Kind = Literal["correlation", "partial", "tangent", "covariance", "precision"]

_OF_NILEARN = {"partial": "partial correlation"}
"""Names that nilearn has for other ones here."""

_LARGEST = 1e70
"""Estimates of covariances take fourth powers."""
_SMALLEST = 1e-70
_SINGULAR = 1e-12


@checked
def connectivity(
    subjects: Subjects,
    kind: _Kind = "correlation",
    fit_on: Sequence[int] | Tensor | None = None,
) -> Subjects:
    """Compute connectivity matrices of subjects with time series.

    Uses :class:`nilearn.connectome.ConnectivityMeasure` with its Ledoit-Wolf estimate of the
    covariance, for correlations of standardised signals. ``"tangent"`` (Varoquaux et al., MICCAI
    2010) is the deviation from a group mean. The mean is fitted only on the subjects ``fit_on``,
    so it does not depend on test subjects. The other kinds use one subject at a time.

    Args:
        subjects: Subjects with time series ``[T, R]``, T at least 2, the same R.
        kind: ``"correlation"``, ``"partial"`` (correlation), ``"tangent"``, ``"covariance"`` or
            ``"precision"``.
        fit_on: Positions of the training subjects; required for ``"tangent"`` and refused
            otherwise.

    Returns:
        The same subjects with matrices ``[R, R]``.

    Raises:
        ValueError: If the kind is unknown, ``fit_on`` does not fit it or has a position twice, or
            a series is too short for
            the kind, of another width, complex, not finite, too large, or constant in a region, or
            is a symmetric matrix.
    """
    with needed_for("connectivity"):
        import nilearn.connectome  # noqa: F401

    if kind not in get_args(_Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(_Kind))} (got '{kind}')")
    rows = _training(kind, fit_on, len(subjects))
    series = checked_series(subjects)
    _check_short(subjects, kind, series)
    training = [series[k] for k in rows]
    found = _computed(
        subjects, kind, series, lambda measure: measure.fit(training).transform(series)
    )
    return subjects.with_arrays(found)


def tangent_mean(subjects: Subjects) -> np.ndarray:
    """Geometric mean of the covariances of subjects, the origin of tangent space, ``[R, R]``.

    Args:
        subjects: The training subjects' time series.

    Raises:
        ValueError: As for :func:`connectivity`.

    Example:
        >>> from pyg_siamex.datasets.connectome.time_series import tangent_mean
        >>> tangent_mean(Subjects(np.random.default_rng(0).random((4, 30, 5)))).shape
        (5, 5)
    """
    series = checked_series(subjects)
    _check_short(subjects, "tangent", series)
    mean: np.ndarray
    [mean] = _computed(subjects, "tangent", series, lambda measure: [measure.fit(series).mean_])
    return mean


def _check_short(subjects: Subjects, kind: str, series: list[np.ndarray]) -> None:
    """Refuse series whose covariance has no inverse; only short ones can have none."""
    short = [k for k, array in enumerate(series) if len(array) <= array.shape[1]]
    if kind in ("correlation", "covariance") or not short:
        return
    found = [_measure("covariance").fit_transform([series[k]])[0] for k in short]
    check_inverse(subjects.select(short), kind, found)


def checked_series(subjects: Subjects) -> list[np.ndarray]:
    """The time series of subjects, of double precision, if all can be used.

    Args:
        subjects: Subjects with time series.

    Raises:
        ValueError: If one is too short, of another width, complex, not finite, too large, or
            constant in a region, or is a symmetric matrix.

    Example:
        >>> from pyg_siamex.datasets.connectome.time_series import checked_series
        >>> checked_series(Subjects([[[0, 1], [1, 0], [2, 5]]]))[0].dtype
        dtype('float64')
    """
    series = [_numbers(subjects.called(k), array) for k, array in enumerate(subjects.arrays)]
    width = series[0].shape[-1] if series[0].ndim else 0
    for k, array in enumerate(series):
        _check(subjects.called(k), array, width)
    return series


def _numbers(called: str, array: np.ndarray) -> np.ndarray:
    """An array in double precision; matrices and complex values are refused."""
    if array.dtype.kind == "c":
        raise ValueError(f"{called} has complex values: use their magnitude, or their real part")
    try:
        series = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{called} has a time series that is not of numbers ({error})") from None
    if is_symmetric(series):
        raise ValueError(
            f"{called} has a matrix, symmetric, of {len(series)} regions, not a time series: use "
            f"it as it is, Connectomes(...)"
        )
    return series


def check_inverse(subjects: Subjects, kind: str, covariances: Sequence[np.ndarray]) -> None:
    """Refuse covariances without an inverse, which all kinds but correlation need.

    Args:
        subjects: The subjects, for messages.
        kind: What is computed.
        covariances: ``[R, R]`` of each.

    Raises:
        ValueError: If one has no inverse.

    Example:
        >>> from pyg_siamex.datasets.connectome.time_series import check_inverse
        >>> check_inverse(subjects, "partial", [np.eye(3)])
    """
    for k, covariance in enumerate(covariances):
        values = np.linalg.eigvalsh(covariance)
        if values[0] <= _SINGULAR * values[-1]:
            raise ValueError(
                f"{subjects.called(k)} has a time series of {len(subjects.arrays[k])} time points "
                f"whose covariance has no inverse, which `kind='{kind}'` needs: give longer "
                f"series, or use `kind='correlation'`"
            )


def _computed(subjects: Subjects, kind: str, series: list[np.ndarray], compute: Any) -> Any:
    """What nilearn computes, if all of it is finite."""
    measure = _measure(kind)
    try:
        with np.errstate(all="ignore"):
            found = compute(measure)
    except ValueError:  # also of matrices without an inverse
        found = [np.array(np.nan)]
    if all(np.isfinite(matrix).all() for matrix in found):
        return found
    check_inverse(subjects, kind, [_measure("covariance").fit_transform([a])[0] for a in series])
    raise ValueError(
        f"`kind='{kind}'` of {subjects.called(0)} or of another one is not finite: use time series "
        f"of another unit, or `kind='correlation'`"
    )


def _measure(kind: str) -> Any:
    from nilearn.connectome import ConnectivityMeasure

    return ConnectivityMeasure(kind=_OF_NILEARN.get(kind, kind), standardize=True)


def _training(kind: str, fit_on: Sequence[int] | Tensor | None, size: int) -> list[int]:
    if kind != "tangent":
        if fit_on is not None:
            raise ValueError(f"kind='{kind}' looks at one subject at a time: leave fit_on out")
        return list(range(size))
    if fit_on is None:
        raise ValueError(
            "kind='tangent' is fitted on the training subjects: give their positions, fit_on"
        )
    if isinstance(fit_on, Tensor) and (fit_on.is_floating_point() or fit_on.dtype == torch.bool):
        raise TypeError(f"fit_on must hold positions, whole numbers (got {fit_on.dtype})")
    if isinstance(fit_on, Tensor) and fit_on.ndim != 1:
        raise ValueError(f"fit_on must be one row of positions (got {list(fit_on.shape)})")
    rows = [int(k) for k in fit_on]
    check_once("fit_on", rows)
    if len(set(rows)) < 2 or min(rows) < 0 or max(rows) >= size:
        raise ValueError(f"fit_on must hold two positions or more from 0 to {size - 1}")
    return rows


def _check(called: str, series: np.ndarray, width: int) -> None:
    if series.ndim != 2 or series.shape[1] != width or len(series) < 2 or not width:
        raise ValueError(
            f"{called} has a time series of shape {list(series.shape)}: it must be "
            f"[time points, {width}] as for the first subject, with two time points or more"
        )
    broken = np.argwhere(~np.isfinite(series))
    if len(broken):
        raise ValueError(
            f"{called} has {len(broken)} values that are NaN or infinite, the first at "
            f"time point {broken[0][0]} of region {broken[0][1]} (counted from 0)"
        )
    largest = float(np.abs(series).max(initial=0))
    if largest > _LARGEST:
        raise ValueError(
            f"{called} has values up to {largest:.3g}, too large for a covariance: use a larger "
            f"unit"
        )
    if 0 < largest < _SMALLEST:
        raise ValueError(
            f"{called} has values of at most {largest:.3g}, too small for a covariance: use a "
            f"smaller unit"
        )
    constant = np.flatnonzero(np.ptp(series, axis=0) == 0).tolist()
    if constant:
        raise ValueError(
            f"{called} has a constant signal in region {', '.join(map(str, constant[:10]))}"
            f" (counted from 0): leave the regions out for all (Subjects.with_arrays), or the "
            f"subject (Subjects.select)"
        )
