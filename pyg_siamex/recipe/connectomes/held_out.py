"""Which subjects are held out, and whether what is found on them could be chance."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch

from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation, cross_validate
from pyg_siamex.recipe.connectomes.folds import Fold, folds_of
from pyg_siamex.recipe.connectomes.judging import distinct_pairs
from pyg_siamex.recipe.connectomes.permuting import permutation_p
from pyg_siamex.recipe.connectomes.study import Study

_logger = logging.getLogger(__name__)

_FEWEST = 20
"""Fewest subjects from which some can be held out."""


def held_out_folds(study: Study, training: ConnectomeTraining, folds: int) -> list[Fold] | None:
    """Who is held out when; ``None``, with a warning, where there are too few subjects.

    The warning says that ``folds`` has no effect where the settings ask for some.

    Args:
        study: The subjects.
        training: The model and its training.
        folds: How many folds.

    Raises:
        ValueError: If there are more folds than subjects.
    """
    size, labels, asked = len(study.graphs), study.labels, training.settings.folds
    if folds > size >= _FEWEST:
        raise ValueError(f"`folds` is {folds}, and there are {size} subjects: take fewer folds")
    try:
        if size < _FEWEST:
            raise ValueError(f"fewer than {_FEWEST}")
        found = split_of(study, training, folds, labels)
        inputs = training.inputs(study.graphs, labels)
        for number, fold in enumerate(found, 1):
            for part, use in ((fold.learn, "learn from"), (fold.validation, "stop by")):
                with _in_fold(f"fold {number} of {len(found)} has {len(part)} to {use}", study):
                    training.pairs([inputs[k] for k in part])
    except ValueError as error:  # a part with no two alike, or no two unlike subjects
        _logger.warning(
            "%d subjects are too few to hold some out (%s): the model is judged by what it has "
            "learned from, which says nothing about new subjects%s",
            *(size, error, "" if asked is None else f"; `folds` ({asked}) has no effect"),
        )
        return None
    return found


@contextmanager
def _in_fold(told: str, study: Study) -> Iterator[None]:
    """Say of a part in which there is nothing to tell apart how small it is."""
    try:
        yield
    except ValueError as error:
        reason = str(error).partition(":")[0]
        more = "" if study.graphs.sites is not None else "; more `folds` hold out fewer at once"
        raise ValueError(f"{told}, and {reason}{more}") from error


def split_of(
    study: Study, training: ConnectomeTraining, folds: int, labels: torch.Tensor
) -> list[Fold]:
    """Folds that keep the shares of classes; persons stay together, and sites are left out.

    Args:
        study: The subjects.
        training: The model and its training.
        folds: How many folds.
        labels: Class number or value of each subject.

    Raises:
        ValueError: If a part would be empty.
    """
    classes = None if study.classes is None else labels
    sites = study.graphs.sites
    return folds_of(len(labels), folds, training.settings.seed, classes, study.together, sites)


def check_judged(study: Study, training: ConnectomeTraining, folds: Sequence[Fold] | None) -> None:
    """Refuse permutations where no fold has a pair AUC, before anything is trained.

    Args:
        study: The subjects.
        training: The model and its training.
        folds: Who is held out when; ``None`` where there are too few subjects.

    Raises:
        ValueError: If no fold holds out both an alike and an unlike pair of persons.
    """
    if folds is None:
        raise ValueError(
            f"`permutations` needs held-out subjects, and {len(study.graphs)} are too few"
        )
    for fold in folds:
        row, col = distinct_pairs(len(fold.test), np.array([study.together[k] for k in fold.test]))
        alike = training.alike(study.labels[fold.test])[row, col]
        if 0 < alike.sum() < len(alike):
            return
    way = "take fewer `folds`" if study.graphs.sites is None else "leave `site` out"
    raise ValueError(
        f"`permutations` needs the pair AUC of a fold, and none of {len(folds)} folds holds out "
        f"both an alike and an unlike pair: {way}"
    )


def p_of_permutations(
    study: Study,
    training: ConnectomeTraining,
    found: CrossValidation,
    folds: int,
    count: int,
) -> float:
    """P of the mean pair AUC when whole cross-validations are repeated with permuted labels."""

    def judge(labels: torch.Tensor) -> CrossValidation:
        parts = split_of(study, training, folds, labels)
        return cross_validate(study, training, parts, labels, baselines=False)

    return permutation_p(found, judge, study, count, training.settings.seed)
