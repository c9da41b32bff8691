"""Labels as measured values, with codes that stand for missing ones."""

import copy
import logging
from collections.abc import Sequence

import numpy as np
import torch

from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.label import as_number

_logger = logging.getLogger(__name__)

_CODES = (-9999, -8888, -7777, -999, -888, -777, -99, -88, -77, -9, 999, 888, 777, 8888, 7777, 9999)
"""Numbers that tables write where nothing was measured."""

_FENCE = 3.0


def as_measured(subjects: Subjects) -> Subjects:
    """The same subjects, their labels read as measured values.

    A usual code for missing values (-9999, 999, ...) that lies far from all other values counts as
    missing, and a warning names it.

    Args:
        subjects: Subjects whose labels are numbers.

    Raises:
        ValueError: If a label is not a number, or no two values differ.

    Example:
        >>> from pyg_siamex.datasets.connectome.measured import as_measured
        >>> found = as_measured(Subjects(torch.rand(4, 3, 3).numpy(), labels=[20, 31, 25, -9999]))
        >>> found.labels
        tensor([20., 31., 25., nan])
    """
    if subjects.labels is None:
        raise ValueError("the subjects have no labels")
    values = _values(subjects)
    known = ~np.isnan(values)
    code = missing_code(values[known])
    if code is not None:
        _logger.warning(
            "%d subjects have the value %g, which is far from all others: it counts as missing",
            int((values == code).sum()),
            code,
        )
        values[values == code] = np.nan
        known = ~np.isnan(values)
    if len(np.unique(values[known])) < 2:
        raise ValueError("measured values must differ, and these are all equal")
    out = copy.copy(subjects)
    out.labels, out.class_names = torch.from_numpy(values).float(), None
    out.unlabelled = np.flatnonzero(~known).tolist()
    return out


def missing_code(values: Sequence[float] | np.ndarray) -> float | None:
    """The usual code for a missing value that lies far from all other values, or ``None``.

    Far means more than three interquartile ranges outside the quartiles of the others.

    Args:
        values: Finite numbers.

    Example:
        >>> from pyg_siamex.datasets.connectome.measured import missing_code
        >>> missing_code([20, 31, 25, -9999]), missing_code([-120, -99, -80, -60])
        (-9999.0, None)
    """
    numbers = np.asarray(values, dtype=float)
    for code in _CODES:
        others = numbers[numbers != code]
        if not 0 < len(others) < len(numbers):
            continue
        low, high = np.quantile(others, [0.25, 0.75])
        reach = _FENCE * max(high - low, np.ptp(others) / 2)
        if not low - reach <= code <= high + reach:
            return float(code)
    return None


def _values(subjects: Subjects) -> np.ndarray:
    labels = torch.as_tensor(subjects.labels)
    if subjects.class_names is None:
        return labels.double().numpy().copy()
    numbers = [as_number(name) for name in subjects.class_names]
    for name, number in zip(subjects.class_names, numbers, strict=True):
        if number is None:
            first = subjects.names[labels.tolist().index(subjects.class_names.index(name))]
            raise ValueError(
                f"`measured` needs numbers, and subject '{first}' has the label '{name}'"
            )
    table = np.array([*numbers, np.nan], dtype=float)
    return table[labels.numpy()]  # -1 is the last, missing
