"""Measures of a model, and of models without graphs, on the held-out subjects of one fold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import embed_all
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.baselines import BASELINES, Task, linear_scores
from pyg_siamex.recipe.connectomes.edge_table import edge_table
from pyg_siamex.recipe.connectomes.folds import Fold
from pyg_siamex.recipe.connectomes.judging import (
    leave_out_same,
    pair_auc_of,
    similarity_of_scores,
    value_measures,
)
from pyg_siamex.recipe.connectomes.study import Study

CONFOUNDS = "confounds alone"
"""Name in tables."""

_Measures = dict[str, float]


class JudgedModel(NamedTuple):
    """A model of a fold.

    Attributes:
        measures: Of held-out subjects.
        similarity: Of held-out subjects, ``[T, T]``.
        epochs: Best number of epochs.
        reader: The model.
    """

    measures: _Measures
    similarity: np.ndarray
    epochs: int
    reader: SiameseGNN


@dataclass(frozen=True)
class JudgedFold:
    """One fold: whoever learns from its known subjects is judged on those held out.

    Attributes:
        study: The subjects.
        training: The model and its training.
        fold: Who is known and who is held out.
        labels: Class number or value of each subject, ``[S]``.
        inputs: The graphs of all subjects, with confounds taken out and with these labels.
    """

    study: Study
    training: ConnectomeTraining
    fold: Fold
    labels: Tensor
    inputs: list[Data]

    def model(self) -> JudgedModel:
        """The model of the fold and how good it is."""
        learn, validation = self._pairs(self.fold.learn), self._pairs(self.fold.validation)
        leave_out_same(validation, [self.study.together[k] for k in self.fold.validation])
        fitted = self.training.train(learn, validation)
        h = embed_all(fitted.reader, self.inputs)
        with torch.no_grad():
            across = _compare(fitted.reader, h[self.fold.test], h[self.fold.learn])
            inside = _compare(fitted.reader, h[self.fold.test], h[self.fold.test]).numpy()
            said = self._predicted(fitted.reader, h, across)
        found = {"pair AUC": self._pair_auc(inside), **self._measures(said)}
        return JudgedModel(found, inside, fitted.report.best_epoch + 1, fitted.reader)

    def others(self) -> dict[str, _Measures]:
        """Measures of the baselines, and of the confounds alone."""
        table = edge_table(self.inputs)
        found = {name: self._baseline(scores, table) for name, scores in BASELINES.items()}
        if self.study.confounds is not None:
            found[CONFOUNDS] = self._baseline(linear_scores, self.study.confounds.values)
        return found

    def _pairs(self, part: list[int]) -> PairDataset:
        return self.training.pairs([self.inputs[k] for k in part])

    def _baseline(self, scores_of: Callable[[Task], np.ndarray], table: np.ndarray) -> _Measures:
        known, test = self.fold.known, self.fold.test
        together = [self.study.together[k] for k in known]
        target = self.labels[known].numpy()
        task = Task(table[known], target, table[test], self.study.classes, together)
        scores = scores_of(task)
        measured = self.study.classes is None
        said = scores[:, 0] if measured else scores.argmax(1)
        similarity = similarity_of_scores(scores, measured)
        return {"pair AUC": self._pair_auc(similarity), **self._measures(said)}

    def _pair_auc(self, similarity: np.ndarray) -> float:
        alike = self.training.alike(self.labels[self.fold.test]).numpy()
        together = np.array([self.study.together[k] for k in self.fold.test])
        try:
            return pair_auc_of(similarity, alike, together)
        except ValueError:
            return float("nan")

    def _measures(self, said: np.ndarray) -> _Measures:
        found = self.labels[self.fold.test].numpy()
        if self.study.classes is None:
            return value_measures(said, found)
        return {"accuracy": float((said == found).mean())}

    def _predicted(self, model: SiameseGNN, h: Tensor, across: Tensor) -> np.ndarray:
        """Class, or value, of each held-out subject, by the training subjects it resembles."""
        known = self.labels[self.fold.learn]
        if self.study.classes is not None:
            kinds = known.unique()
            score = torch.stack([across[:, known == kind].mean(1) for kind in kinds], dim=1)
            chosen: np.ndarray = kinds[score.argmax(1)].numpy()
            return chosen
        # Means over training subjects are too close to the middle: the subjects that stopped the
        # training, which the model did not learn from, say by how much.
        stopped = _compare(model, h[self.fold.validation], h[self.fold.learn])
        means = [_weighted(model, part, known) for part in (stopped, across)]
        stopping = self.labels[self.fold.validation].double().numpy()
        if np.ptp(means[0]) == 0:
            return np.full(len(means[1]), stopping.mean())
        slope, shift = np.polyfit(means[0], stopping, 1)
        predicted: np.ndarray = slope * means[1] + shift
        return predicted


def _weighted(model: SiameseGNN, similarity: Tensor, values: Tensor) -> np.ndarray:
    """Mean of the values, weighted by how probably each subject is alike, ``[T]``."""
    weight = model.calibration(similarity).sigmoid().double()
    mean: np.ndarray = ((weight * values.double()).sum(1) / weight.sum(1)).numpy()
    return mean


def _compare(model: SiameseGNN, one: Tensor, other: Tensor) -> Tensor:
    similarity: Tensor = model.similarity(one[:, None], other[None])
    return similarity
