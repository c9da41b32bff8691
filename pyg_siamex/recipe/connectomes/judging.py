"""Measures of similarities, classes and values of subjects that were held out."""

from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import pearsonr
from sklearn.metrics import mean_absolute_error, r2_score, roc_auc_score

from pyg_siamex.data import PairDataset


def pair_auc_of(
    similarity: np.ndarray, alike: np.ndarray, together: np.ndarray | None = None
) -> float:
    """Area under the ROC curve of similarities of held-out pairs, in [0, 1].

    Args:
        similarity: ``[T, T]``.
        alike: ``[T, T]``, 1 or 0.
        together: A key per subject; pairs of one person are left out. Default: all differ.

    Raises:
        ValueError: If all pairs are alike, or all unlike.
    """
    row, col = distinct_pairs(len(alike), together)
    kinds = alike[row, col]
    if len(np.unique(kinds)) < 2:
        raise ValueError("the held-out pairs are all alike, or all unlike")
    return float(roc_auc_score(kinds, similarity[row, col]))


def distinct_pairs(size: int, together: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Positions of all pairs of different persons, i < j.

    Args:
        size: Number of subjects.
        together: A key per subject, or ``None``.
    """
    row, col = np.triu_indices(size, 1)
    if together is None:
        return row, col
    apart = together[row] != together[col]
    return row[apart], col[apart]


def leave_out_same(pairs: PairDataset, together: Sequence[str]) -> None:
    """Leave out pairs of one person's scans: they are alike whatever a model has learned.

    They stay where no alike, or no unlike, pair would be left.

    Args:
        pairs: The pairs; ``index`` and ``target`` are replaced.
        together: A key per graph.
    """
    apart = torch.tensor([together[i] != together[j] for i, j in pairs.index.tolist()])
    if len(pairs.target[apart].unique()) == 2:
        pairs.index, pairs.target = pairs.index[apart], pairs.target[apart]


def similarity_of_scores(scores: np.ndarray, measured: bool) -> np.ndarray:
    """How alike a model without pairs finds subjects, ``[T, T]``.

    Args:
        scores: Scores of classes, ``[T, C]``, or values, ``[T, 1]``.
        measured: Whether they are values: then it is minus their difference; else the inner
            product of the scores around their mean.
    """
    if measured:
        nearness: np.ndarray = -np.abs(scores - scores.T)
        return nearness
    centred = scores - scores.mean(1, keepdims=True)
    products: np.ndarray = centred @ centred.T
    return products


def value_measures(predicted: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Pearson's r, mean absolute error and R2 of predicted values.

    r is 0 if all predictions are equal.

    Args:
        predicted: ``[T]``.
        found: ``[T]``.
    """
    constant = np.ptp(predicted) == 0 or np.ptp(found) == 0
    return {
        "r": 0.0 if constant else float(pearsonr(predicted, found).statistic),
        "MAE": float(mean_absolute_error(found, predicted)),
        "R2": float(r2_score(found, predicted)),
    }
