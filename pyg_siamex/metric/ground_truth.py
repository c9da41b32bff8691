"""Explanations against exact ground truth."""

import math

import torch
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor


def ground_truth_auroc(importance: Tensor, truth: Tensor) -> float:
    """Chance that a true element is ranked above a false one, in [0, 1]; 0.5 is chance.

    Args:
        importance: ``[M]``, larger is more important; ties count half.
        truth: ``[M]``, bool.

    Returns:
        The area under the ROC curve, or ``nan`` where the truth holds all elements or none.

    Raises:
        ValueError: If shapes differ or an importance is not finite.
    """
    importance, truth = _checked(importance, truth)
    if not truth.any() or truth.all():
        return math.nan
    return float(roc_auc_score(truth.numpy(), importance.numpy()))


def ground_truth_average_precision(importance: Tensor, truth: Tensor) -> float:
    """Mean precision over the ranks of the true elements, in [0, 1]; chance is their share.

    Arguments, return and errors as for :func:`ground_truth_auroc`. The measure to read where few
    elements are true.
    """
    importance, truth = _checked(importance, truth)
    if not truth.any() or truth.all():
        return math.nan
    return float(average_precision_score(truth.numpy(), importance.numpy()))


def _checked(importance: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    importance, truth = importance.detach().cpu().flatten(), truth.cpu().flatten().bool()
    if importance.shape != truth.shape:
        raise ValueError(f"{len(importance)} importances for {len(truth)} elements of the truth")
    if not torch.isfinite(importance).all():
        raise ValueError("importances hold NaN or infinite values")
    return importance, truth
