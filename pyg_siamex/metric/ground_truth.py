"""Measures of explanations against exact ground truth."""

import math
from collections.abc import Callable

import numpy as np
import torch
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._door import checked
from pyg_siamex._given import either


@checked
def ground_truth_auroc(importance: Tensor, truth: Tensor) -> float:
    """Probability that a true element is ranked above a false one, in [0, 1]; 0.5 is chance.

    Args:
        importance: ``[M]``, larger is more important; ties count half.
        truth: ``[M]``, bool, or 0 and 1; or ``[M, alternatives]`` if several explanations are
            correct, and the best of them counts. Alternatives raise the score of random importances
            above chance, so compare with random.

    Returns:
        The area under the ROC curve, or ``nan`` if every alternative holds all elements or none.

    Raises:
        ValueError: If shapes differ, an importance is not finite, or a truth is neither 0 nor 1.
    """
    return _best(importance, truth, lambda i, t: float(roc_auc_score(t, i)))


@checked
def ground_truth_average_precision(importance: Tensor, truth: Tensor) -> float:
    """Mean precision over the ranks of the true elements, in [0, 1]; chance is their share.

    Arguments, return value and errors are the same as for :func:`ground_truth_auroc`. Prefer this
    measure if few elements are true.
    """
    return _best(importance, truth, lambda i, t: float(average_precision_score(t, i)))


@checked
def ground_truth_precision(importance: Tensor, truth: Tensor, k: int | None = None) -> float:
    """Precision@k: share of true elements among the k most important, in [0, 1].

    Elements tied at the k-th place count by their mean, the expectation of a random choice among
    them.

    Args:
        importance: As for :func:`ground_truth_auroc`.
        truth: As for :func:`ground_truth_auroc`.
        k: Number of elements, at least 1. Default: the number of true elements, for which a
            perfect explanation has 1.

    Returns:
        The precision, or ``nan`` as for :func:`ground_truth_auroc`.

    Raises:
        ValueError: If shapes differ, an importance is not finite, a truth is neither 0 nor 1, or
            ``k`` is not in 1, ..., M.
    """
    if k is not None and not 1 <= k <= importance.numel():
        raise ValueError(f"k must be from 1 to the number of elements (got {k})")
    return _best(importance, truth, lambda i, t: _precision(i, t, either(k, int(t.sum()))))


def _precision(importance: np.ndarray, truth: np.ndarray, k: int) -> float:
    threshold = np.sort(importance)[::-1][k - 1]
    above, tied = importance > threshold, importance == threshold
    hits = truth[above].sum() + truth[tied].mean() * (k - above.sum())
    return float(hits / k)


def _best(
    importance: Tensor, truth: Tensor, measure: Callable[[np.ndarray, np.ndarray], float]
) -> float:
    """Largest value over the alternatives that hold some but not all elements."""
    importance, truth = _checked(importance, truth)
    in_order = rankdata(as_array(importance), "dense")  # differences may overflow
    values = [
        measure(in_order, column.numpy())
        for column in truth.unbind(1)
        if column.any() and not column.all()
    ]
    return max(values, default=math.nan)


def true_elements(truth: Tensor) -> Tensor:
    """Truth as bool on the CPU, of any shape.

    Args:
        truth: Bool, or numbers 0 and 1.

    Raises:
        ValueError: If a value is neither 0 nor 1.
    """
    truth = truth.detach().cpu()
    odd = truth[(truth != 0) & (truth != 1)]
    if odd.numel():
        raise ValueError(f"the truth must be bool, or 0 and 1 (got {odd[0].item()!r})")
    return truth.bool()


def _checked(importance: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Importances ``[M]`` and truth ``[M, alternatives]`` on the CPU."""
    shape, importance = list(importance.shape), importance.detach().cpu().flatten()
    truth, given = true_elements(truth), list(truth.shape)
    row = len(given) == 2 and 1 in given and truth.numel() == len(importance)
    if given == shape or len(given) < 2 or row:
        truth = truth.reshape(-1, 1)
    if truth.dim() != 2 or len(importance) != len(truth):
        raise ValueError(
            f"{len(importance)} importances for a truth of {given}: it must be "
            f"[{len(importance)}], or [{len(importance)}, alternatives]"
        )
    if not torch.isfinite(importance).all():
        raise ValueError("importances hold NaN or infinite values")
    return importance, truth
