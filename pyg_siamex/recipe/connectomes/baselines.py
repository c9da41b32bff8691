"""Models without graphs, for the same subjects in the same folds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pyg_siamex.data.split import split_graphs

_INNER = 3
_INVERSE_PENALTIES = np.logspace(-4, 1, 6)
_RIDGE_PENALTIES = np.logspace(-1, 6, 8)
_KERNEL_PENALTIES = np.logspace(-3, 2, 6)


@dataclass(frozen=True)
class Task:
    """What is learned from the known subjects of a fold.

    Attributes:
        known: Connections, or other numbers, of the known subjects, ``[K, E]``.
        target: Class number or value of each, ``[K]``.
        asked: The same numbers of the held-out subjects, ``[T, E]``.
        classes: Number of classes; ``None`` for measured values.
        together: A key per known subject; equal keys stay together in inner splits.
        seed: Seed of the inner splits.
    """

    known: np.ndarray
    target: np.ndarray
    asked: np.ndarray
    classes: int | None
    together: Sequence[str]
    seed: int = 0

    def inner(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Splits of the known subjects, by which penalties are chosen."""
        labels = None if self.classes is None else torch.as_tensor(self.target)
        shares = [1 / _INNER] * _INNER
        parts = split_graphs(len(self.target), shares, self.seed, labels, self.together)
        every = np.arange(len(self.target))
        return [(np.setdiff1d(every, part.numpy()), part.numpy()) for part in parts]


def linear_scores(task: Task) -> np.ndarray:
    """L2-penalised logistic regression of classes, or ridge regression of values.

    The penalty is chosen by cross-validation among the known subjects.

    Args:
        task: The subjects.

    Returns:
        Probability of each class, ``[T, classes]``, or the value, ``[T, 1]``.
    """
    if task.classes is None:
        ridge = _searched(_components(Ridge()), "ridge__alpha", _RIDGE_PENALTIES, task)
        return np.asarray(ridge.fit(task.known, task.target).predict(task.asked)).reshape(-1, 1)
    model = LogisticRegression(class_weight="balanced", max_iter=2000)
    name = "logisticregression__C"
    found = _searched(_components(model), name, _INVERSE_PENALTIES, task, "neg_log_loss")
    found.fit(task.known, task.target)
    out = np.zeros((len(task.asked), task.classes))
    out[:, found.classes_.astype(int)] = found.predict_proba(task.asked)
    return out


def kernel_scores(task: Task) -> np.ndarray:
    """Kernel ridge regression of classes or values with a Gaussian kernel as wide as the data.

    Args:
        task: The subjects.

    Returns:
        Score of each class, ``[T, classes]``, or the value, ``[T, 1]``.
    """
    target = _columns(task)
    middle = target.mean(0)
    width = 1 / max(float(task.known.var(0).sum()), 1e-12)
    model = KernelRidge(kernel="rbf", gamma=width)
    found = _searched(model, "alpha", _KERNEL_PENALTIES, task).fit(task.known, target - middle)
    predicted: np.ndarray = (
        np.asarray(found.predict(task.asked)).reshape(len(task.asked), -1) + middle
    )
    return predicted


def constant_scores(task: Task) -> np.ndarray:
    """The shares of the classes, or the mean value, whoever is asked.

    Args:
        task: The subjects.

    Returns:
        ``[T, classes]`` or ``[T, 1]``.
    """
    return np.tile(_columns(task).mean(0), (len(task.asked), 1))


BASELINES: dict[str, Callable[[Task], np.ndarray]] = {
    "linear model": linear_scores,
    "kernel model": kernel_scores,
    "constant": constant_scores,
}
"""Models of connections by name in tables."""


def _columns(task: Task) -> np.ndarray:
    """The target as numbers, ``[K, classes]`` or ``[K, 1]``."""
    if task.classes is None:
        return task.target[:, None].astype(float)
    shares: np.ndarray = np.eye(task.classes)[task.target]
    return shares


def _components(model: Any) -> Any:
    # Principal components of all subjects span them: the same penalised model, much smaller.
    return make_pipeline(StandardScaler(), PCA(), model)


def _searched(
    model: Any, name: str, values: np.ndarray, task: Task, scoring: str = "neg_mean_squared_error"
) -> GridSearchCV:
    return GridSearchCV(model, {name: values}, scoring=scoring, cv=task.inner())
