"""Confounds of an image's time points, checked before they are taken out."""

import csv
import os
from typing import Any

import numpy as np


def check_confounds(confound: Any, what: str, points: int) -> None:
    """Refuse confounds that cannot be taken out of a time series.

    Args:
        confound: A table's file, a data frame or an array, ``[T, C]``; anything else is left to
            nilearn.
        what: What it is called in messages, ``"confounds[0]"``.
        points: Number T of time points, or 0 if that is not known.

    Raises:
        ValueError: If it has no column or as many columns as time points, another number of rows,
            or a cell without a finite number.

    Example:
        >>> check_confounds(np.random.rand(20, 2), "confounds[0]", 20)
    """
    import pandas as pd

    called, table = f"`{what}`", confound
    if isinstance(confound, str | os.PathLike):
        called = f"`{what}`, {os.fspath(confound)},"
        try:
            table = pd.read_csv(os.path.expanduser(confound), sep=None, engine="python")
        except (ValueError, OSError, csv.Error) as error:
            raise ValueError(f"{called} is no table ({type(error).__name__})") from error
    if not isinstance(table, pd.DataFrame | np.ndarray) or np.ndim(table) > 2:
        return
    frame = pd.DataFrame(table)
    numbers = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    if not frame.shape[1]:
        raise ValueError(f"{called} has no column")
    if points and len(frame) != points:
        raise ValueError(f"{called} has {len(frame)} rows, and its image {points} time points")
    if points and frame.shape[1] >= points - 1:
        raise ValueError(
            f"{called} has {frame.shape[1]} columns, which leave nothing of {points} time points: "
            f"choose fewer"
        )
    row, column = next(iter(np.argwhere(~(np.abs(numbers) < _LARGEST)).tolist()), (None, None))
    if row is not None:
        cell = frame.iloc[row, column]
        raise ValueError(
            f"{called} has {cell!s:.40} in row {row + 1} of column '{frame.columns[column]}': "
            f"choose columns of finite numbers, or fill the cells that have none"
        )


_LARGEST = 1e70
