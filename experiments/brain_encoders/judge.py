"""What a method says of held-out subjects, and how good that is."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax
from sklearn.metrics import roc_auc_score


@dataclass(frozen=True)
class Verdict:
    """A method's answer for the T subjects of a test fold.

    Attributes:
        similarity: Of every two of them, ``[T, T]``, symmetric.
        score: Of every class, ``[T, C]``, the largest wins.
    """

    similarity: np.ndarray
    score: np.ndarray

    def measures(self, labels: np.ndarray) -> tuple[float, float, float]:
        """Pair AUC, accuracy, and AUC of the classes, for the true ``labels``, ``[T]``."""
        rows, columns = np.triu_indices(len(labels), 1)
        alike = labels[rows] == labels[columns]
        pairs = roc_auc_score(alike, self.similarity[rows, columns])
        accuracy = float((self.score.argmax(1) == labels).mean())
        if self.score.shape[1] == 2:
            area = roc_auc_score(labels, self.score[:, 1] - self.score[:, 0])
        else:
            area = roc_auc_score(labels, softmax(self.score, axis=1), multi_class="ovr")
        return float(pairs), accuracy, float(area)


def from_decision(decision: np.ndarray) -> Verdict:
    """Two subjects are as alike as their classifier's decisions agree.

    Args:
        decision: ``[T]`` for two classes, ``[T, C]`` for more.
    """
    if decision.ndim == 1:
        return Verdict(np.outer(decision, decision), np.stack([-decision, decision], axis=1))
    probability = softmax(decision, axis=1)
    return Verdict(probability @ probability.T, decision)


def from_similarity(among: np.ndarray, to_train: np.ndarray, labels: np.ndarray) -> Verdict:
    """A subject belongs to the class whose training subjects it resembles most on average.

    Args:
        among: Similarity of test subjects, ``[T, T]``.
        to_train: Of test to training subjects, ``[T, S]``.
        labels: Class of the training subjects, ``[S]``.
    """
    score = [to_train[:, labels == kind].mean(1) for kind in np.unique(labels)]
    return Verdict(among, np.stack(score, axis=1))
