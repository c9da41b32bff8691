"""Baselines without a graph network, all from scikit-learn; everything is fitted on training."""

from collections.abc import Callable
from functools import partial

import numpy as np
from brain_encoders.cohort import Cohort
from brain_encoders.judge import Verdict, from_decision, from_similarity
from scipy.sparse.csgraph import shortest_path
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

Method = Callable[[Cohort, np.ndarray, np.ndarray, int], Verdict]
SELECTED = 50  # connections


def correlation(cohort: Cohort, train: np.ndarray, test: np.ndarray, seed: int) -> Verdict:
    """Correlation of connectivity vectors; learns nothing."""
    both = np.corrcoef(cohort.vectors[test], cohort.vectors[train])
    size = len(test)
    return from_similarity(both[:size, :size], both[:size, size:], cohort.labels[train])


def logistic(
    cohort: Cohort,
    train: np.ndarray,
    test: np.ndarray,
    seed: int,
    before: tuple = (),
    values: Callable[[Cohort], np.ndarray] = lambda cohort: cohort.vectors,
) -> Verdict:
    """Logistic regression on connections; its penalty is chosen by folds of the training set."""
    x = values(cohort)
    model = make_pipeline(*before, LogisticRegression(max_iter=2000))
    grid = {"logisticregression__C": [1e-4, 1e-3, 1e-2, 1e-1, 1]}
    return from_decision(_search(model, grid, x[train], cohort.labels[train], seed)(x[test]))


def support_vectors(
    cohort: Cohort,
    train: np.ndarray,
    test: np.ndarray,
    seed: int,
    values: Callable[[Cohort], np.ndarray] = lambda cohort: cohort.vectors,
) -> Verdict:
    """Support vector machine with a Gaussian kernel."""
    x, grid = values(cohort), {"C": [0.1, 1, 10]}
    return from_decision(_search(SVC(), grid, x[train], cohort.labels[train], seed)(x[test]))


def selected_on_all_subjects(
    cohort: Cohort, train: np.ndarray, test: np.ndarray, seed: int
) -> Verdict:
    """What not to do: connections chosen with the test subjects' labels."""
    chosen = SelectKBest(k=SELECTED).fit(cohort.vectors, cohort.labels)
    values = partial(_transformed, chosen)
    return logistic(cohort, train, test, seed, values=values)


def path_lengths(cohort: Cohort) -> np.ndarray:
    """Steps between every two regions, ``[S, R (R - 1) / 2]``: a shortest-path graph kernel."""
    rows, columns = np.triu_indices(cohort.regions, 1)
    lengths = [shortest_path(a, unweighted=True)[rows, columns] for a in cohort.matrices.numpy()]
    return np.minimum(lengths, cohort.regions)  # regions that no path joins


def degrees(cohort: Cohort) -> np.ndarray:
    """Strength of every region, ``[S, R]``."""
    return cohort.matrices.sum(2).numpy()


def _transformed(selection: SelectKBest, cohort: Cohort) -> np.ndarray:
    return selection.transform(cohort.vectors)


def _search(
    model: object, grid: dict, x: np.ndarray, labels: np.ndarray, seed: int
) -> Callable[[np.ndarray], np.ndarray]:
    """The decision function of the best of ``grid`` by cross-validation inside the training set."""
    scoring = "roc_auc" if len(np.unique(labels)) == 2 else "accuracy"
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return GridSearchCV(model, grid, scoring=scoring, cv=folds).fit(x, labels).decision_function


BASELINES: dict[str, Method] = {
    "correlation": correlation,
    "logistic, region strengths": partial(logistic, before=(StandardScaler(),), values=degrees),
    "logistic, connections": logistic,
    "logistic, standardised connections": partial(logistic, before=(StandardScaler(),)),
    "SVM, Gaussian kernel": support_vectors,
    "SVM, shortest-path kernel": partial(support_vectors, values=path_lengths),
}
SELECTION: dict[str, Method] = {
    "logistic, selection inside the fold": partial(logistic, before=(SelectKBest(k=SELECTED),)),
    "logistic, selection on all subjects (wrong)": selected_on_all_subjects,
}
