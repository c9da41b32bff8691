"""How well a Siamese model tells subjects apart that it has not learned from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from statistics import mean, median, stdev
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.metric.reliability import Reliability, reliability
from pyg_siamex.nn.calibration import Calibration
from pyg_siamex.nn.training.calibrate import frequency_calibration
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.fold_maps import explained_pairs, map_stability, pair_maps
from pyg_siamex.recipe.connectomes.folds import Fold
from pyg_siamex.recipe.connectomes.judged_fold import JudgedFold
from pyg_siamex.recipe.connectomes.judging import distinct_pairs
from pyg_siamex.recipe.connectomes.study import Study
from pyg_siamex.recipe.progress import steps

MODEL = "model"
"""Name of the model in tables, beside those of baselines."""

_Scores = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class HeldOutPairs:
    """Pairs of subjects that were held out together, fold after fold.

    Attributes:
        similarity: By the fold's model, ``[P]``.
        alike: 1 or 0, ``[P]``.
        fold: Number of the fold, ``[P]``.
        persons: Number of different persons in all folds.
    """

    similarity: Tensor
    alike: Tensor
    fold: Tensor
    persons: int

    @property
    def both_kinds(self) -> bool:
        """Whether there are alike and unlike pairs inside and outside every fold."""
        parts = [self.alike[self.fold != fold] for fold in self.fold.unique()]
        return all(0 < float(part.mean()) < 1 for part in parts if len(part)) and len(parts) > 1

    def calibration(self) -> Calibration:
        """Probabilities of new pairs: shares of alike pairs by similarity, over all folds."""
        return frequency_calibration(self.similarity, self.alike, self.persons)

    def reliability(self) -> Reliability:
        """Each fold's pairs judged by the calibration of the other folds."""
        probability = torch.zeros(len(self.alike))
        for fold in self.fold.unique():
            own = self.fold == fold
            line = frequency_calibration(self.similarity[~own], self.alike[~own], self.persons)
            with torch.no_grad():
                probability[own] = line(self.similarity[own]).sigmoid().float()
        return reliability(probability, self.alike)


@dataclass(frozen=True)
class CrossValidation:
    """Measures of every fold.

    Attributes:
        scores: By whom (``"model"``, a baseline, ``"confounds alone"``) and by measure: a value
            per fold. ``"pair AUC"``: does the similarity tell alike from unlike pairs of held-out
            subjects; NaN where all pairs are of one kind. Of classes ``"accuracy"``: the share of
            held-out subjects that resemble their own class's training subjects most. Of measured
            values ``"r"``, ``"MAE"`` and ``"R2"``.
        epochs: How many epochs were best.
        pairs: The held-out pairs, or ``None``.
        stability: Mean Spearman correlation between explanations of the same pairs by the models of
            two folds, or ``None``.

    Example:
        >>> CrossValidation({"model": {"pair AUC": [0.9, 1.0]}}, [3, 5]).usual_epochs
        4
    """

    scores: _Scores
    epochs: list[int]
    pairs: HeldOutPairs | None = field(default=None, repr=False)
    stability: float | None = None

    @property
    def pair_auc(self) -> list[float]:
        """The model's pair AUC of every fold."""
        return self.scores[MODEL]["pair AUC"]

    @property
    def accuracy(self) -> list[float]:
        """The model's accuracy of every fold; empty for measured values."""
        return self.scores[MODEL].get("accuracy", [])

    @property
    def usual_epochs(self) -> int:
        """Median of the best numbers of epochs."""
        return round(median(self.epochs))

    def words(self, who: str = MODEL) -> dict[str, str]:
        """Mean and standard deviation over folds, as text.

        Args:
            who: Key of :attr:`scores`.
        """
        return {name: _words(values) for name, values in self.scores[who].items()}

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        others = {who: found for who, found in self.scores.items() if who != MODEL}
        own = {
            name.replace(" ", "_").lower(): values for name, values in self.scores[MODEL].items()
        }
        return {"accuracy": [], **own, "baselines": others, "stability": self.stability}


def mean_of(values: Sequence[float]) -> float:
    """Mean of the values that are not NaN; NaN if there is none.

    Args:
        values: Measures of folds.
    """
    known = [value for value in values if not isnan(value)]
    return mean(known) if known else float("nan")


def cross_validate(
    study: Study,
    training: ConnectomeTraining,
    folds: Sequence[Fold],
    labels: Tensor | None = None,
    *,
    baselines: bool = True,
) -> CrossValidation:
    """Train a model in each fold and judge it on the subjects that were held out.

    Baselines learn from, and are judged on, the same subjects; confounds are taken out as the
    fold's known subjects teach it.

    Args:
        study: The subjects.
        training: The model and its training.
        folds: Which subjects are learned from and held out.
        labels: Labels in place of the study's own, ``[S]``.
        baselines: Whether baselines are judged too.

    Raises:
        ValueError: If the subjects that a fold learns from have no alike, or no unlike, pair.

    Example:
        >>> from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
        >>> from pyg_siamex.recipe.connectomes.folds import folds_of
        >>> from pyg_siamex.recipe.connectomes.study import Study
        >>> training = ConnectomeTraining.of(graphs, Settings(epochs=1, hidden=8))
        >>> study = Study(graphs)
        >>> folds = folds_of(len(graphs), 2, 0, study.labels)
        >>> len(cross_validate(study, training, folds).pair_auc)
        2
    """
    labels = study.labels if labels is None else labels
    scores: _Scores = {}
    epochs, pairs, maps = [], [], []
    shown = explained_pairs(study.together, training.settings.seed) if baselines else []
    words = "cross-validation" if baselines else ""
    for fold in steps(folds, len(folds), words) if baselines else folds:
        inputs = training.inputs(study.seen_from(fold.known), labels)
        judged = JudgedFold(study, training, fold, labels, inputs)
        model = judged.model()
        epochs.append(model.epochs)
        pairs.append(model.similarity)
        if shown:
            maps.append(pair_maps(training, model.reader, inputs, shown))
        by_whom = {MODEL: model.measures} | (judged.others() if baselines else {})
        for who, measures in by_whom.items():
            for name, value in measures.items():
                scores.setdefault(who, {}).setdefault(name, []).append(value)
    held_out = _pooled(study, training, folds, labels, pairs)
    return CrossValidation(scores, epochs, held_out, map_stability(maps))


def _pooled(
    study: Study,
    training: ConnectomeTraining,
    folds: Sequence[Fold],
    labels: Tensor,
    similarities: list[np.ndarray],
) -> HeldOutPairs:
    similarity, alike, number = [], [], []
    for place, (fold, of_fold) in enumerate(zip(folds, similarities, strict=True)):
        together = np.array([study.together[k] for k in fold.test])
        row, col = distinct_pairs(len(fold.test), together)
        similarity.append(torch.from_numpy(of_fold[row, col]))
        alike.append(training.alike(labels[fold.test])[row, col])
        number.append(torch.full((len(row),), place))
    persons = len({study.together[k] for fold in folds for k in fold.test})
    return HeldOutPairs(torch.cat(similarity), torch.cat(alike), torch.cat(number), persons)


def _words(values: Sequence[float]) -> str:
    known = [value for value in values if not isnan(value)]
    if not known:
        return "unknown"
    spread = f" \u00b1 {stdev(known):.3f}" if len(known) > 1 else ""
    return f"{mean(known):.3f}{spread}"
