"""Explanations against exact ground truth."""

import math
from collections.abc import Callable

import numpy as np
import torch
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor


def ground_truth_auroc(importance: Tensor, truth: Tensor) -> float:
    """Chance that a true element is ranked above a false one, in [0, 1]; 0.5 is chance.

    Args:
        importance: ``[M]``, larger is more important; ties count half.
        truth: ``[M]``, bool; or ``[M, alternatives]`` where several explanations are right, and
            the best of them counts. This lifts a random importance above chance (to about 0.6 with
            a few alternatives): read it beside random.

    Returns:
        The area under the ROC curve, or ``nan`` where no alternative holds some elements and not
        all.

    Raises:
        ValueError: If shapes differ or an importance is not finite.
    """
    return _best(importance, truth, lambda i, t: float(roc_auc_score(t, i)))


def ground_truth_average_precision(importance: Tensor, truth: Tensor) -> float:
    """Mean precision over the ranks of the true elements, in [0, 1]; chance is their share.

    Arguments, return and errors as for :func:`ground_truth_auroc`. The measure to read where few
    elements are true.
    """
    return _best(importance, truth, lambda i, t: float(average_precision_score(t, i)))


def ground_truth_precision(importance: Tensor, truth: Tensor, k: int | None = None) -> float:
    """Precision@k: share of true elements among the k most important, in [0, 1].

    Elements tied at the k-th place count by their mean, as a random choice among them would.

    Args:
        importance: As for :func:`ground_truth_auroc`.
        truth: Likewise.
        k: At least 1. As many as are true where not given, so that a perfect explanation has 1.

    Returns:
        The precision, or ``nan`` as for :func:`ground_truth_auroc`.

    Raises:
        ValueError: If shapes differ, an importance is not finite, or ``k`` is not in 1, ..., M.
    """
    if k is not None and not 1 <= k <= importance.numel():
        raise ValueError(f"k must be from 1 to the number of elements (got {k})")
    return _best(importance, truth, lambda i, t: _precision(i, t, k or int(t.sum())))


def _precision(importance: np.ndarray, truth: np.ndarray, k: int) -> float:
    threshold = np.sort(importance)[::-1][k - 1]
    above, tied = importance > threshold, importance == threshold
    hits = truth[above].sum() + truth[tied].mean() * (k - above.sum())
    return float(hits / k)


def _best(
    importance: Tensor, truth: Tensor, measure: Callable[[np.ndarray, np.ndarray], float]
) -> float:
    """Largest value over the alternatives that hold some elements and not all."""
    importance, truth = _checked(importance, truth)
    values = [
        measure(importance.numpy(), column.numpy())
        for column in truth.unbind(1)
        if column.any() and not column.all()
    ]
    return max(values, default=math.nan)


def _checked(importance: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Importances ``[M]`` and truth ``[M, alternatives]`` on the CPU."""
    importance = importance.detach().cpu().flatten()
    truth = truth.cpu().bool()
    truth = truth.view(-1, 1) if truth.dim() < 2 or truth.size(0) != len(importance) else truth
    if len(importance) != len(truth):
        raise ValueError(f"{len(importance)} importances for {len(truth)} elements of the truth")
    if not torch.isfinite(importance).all():
        raise ValueError("importances hold NaN or infinite values")
    return importance, truth
