"""Compute connectivity matrices from regional time series with nilearn."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex.datasets.connectome.subjects import Subjects

_Kind = Literal["correlation", "partial", "tangent", "covariance", "precision"]

_OF_NILEARN = {"partial": "partial correlation"}
"""Names that nilearn has for other ones here."""


@checked
def connectivity(
    subjects: Subjects,
    kind: _Kind = "correlation",
    fit_on: Sequence[int] | Tensor | None = None,
) -> Subjects:
    """Compute connectivity matrices of subjects with time series.

    Uses :class:`nilearn.connectome.ConnectivityMeasure` with its Ledoit-Wolf estimate of the
    covariance of standardised signals. ``"tangent"`` (Varoquaux et al., MICCAI 2010) is the
    deviation from a group mean. The mean is fitted only on the subjects ``fit_on``, so it does not
    depend on test subjects. The other kinds use one subject at a time.

    Args:
        subjects: Subjects with time series ``[T, R]``, T at least 2, the same R.
        kind: ``"correlation"``, ``"partial"`` (correlation), ``"tangent"``, ``"covariance"`` or
            ``"precision"``.
        fit_on: Positions of the training subjects; required for ``"tangent"`` and refused
            otherwise.

    Returns:
        The same subjects with matrices ``[R, R]``.

    Raises:
        ValueError: If the kind is unknown, ``fit_on`` does not fit it, or a series is too short, of
            another width, not finite, or constant in a region.
    """
    with needed_for("connectivity"):
        from nilearn.connectome import ConnectivityMeasure

    if kind not in get_args(_Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(_Kind))} (got '{kind}')")
    rows = _training(kind, fit_on, len(subjects))
    series = [np.asarray(array, dtype=np.float64) for array in subjects.arrays]
    for k, array in enumerate(series):
        _check(subjects.called(k), array, series[0].shape[-1])
    measure = ConnectivityMeasure(kind=_OF_NILEARN.get(kind, kind), standardize="zscore_sample")
    measure.fit([series[k] for k in rows])
    return subjects.with_arrays(measure.transform(series))


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
    rows = [int(k) for k in fit_on]
    if len(set(rows)) < 2 or min(rows) < 0 or max(rows) >= size:
        raise ValueError(f"fit_on must hold two positions or more from 0 to {size - 1}")
    return rows


def _check(called: str, series: np.ndarray, width: int) -> None:
    if series.ndim != 2 or series.shape[1] != width or len(series) < 2:
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
    constant = np.flatnonzero(np.ptp(series, axis=0) == 0).tolist()
    if constant:
        raise ValueError(
            f"{called} has a constant signal in region {', '.join(map(str, constant[:10]))}"
            f" (counted from 0): leave the regions out for all (Subjects.with_arrays), or the "
            f"subject (Subjects.select)"
        )
