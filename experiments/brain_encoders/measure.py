"""Which Siamese encoder tells brains apart, and does it reach what a linear model reaches?"""

import functools
import time
from collections.abc import Mapping
from typing import Any

import pandas as pd
from brain_encoders.baselines import BASELINES, SELECTION, Method
from brain_encoders.cohort import ABIDE, HCP, Cohort, abide, hcp
from brain_encoders.encoders import CHANCE, ENCODERS
from runner.needs import data_file
from sklearn.model_selection import StratifiedKFold

KEYS = {"data": str, "method": str, "seeds": list, "folds": int}
METHODS: Mapping[str, Method] = {**BASELINES, **SELECTION, **ENCODERS, **CHANCE}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """One row for each fold: quality on its held-out subjects, and seconds."""
    cohort, method, folds = cohorts()[unit["data"]], METHODS[unit["method"]], unit["folds"]
    rows = []
    for seed in unit["seeds"]:
        split = StratifiedKFold(folds, shuffle=True, random_state=seed)
        for fold, (train, test) in enumerate(split.split(cohort.vectors, cohort.labels)):
            start = time.perf_counter()
            verdict = method(cohort, train, test, seed * folds + fold)
            found = verdict.measures(cohort.labels[test])
            rows.append([seed, fold, *found, time.perf_counter() - start])
    return pd.DataFrame(
        rows, columns=["seed", "fold", "pair_auc", "accuracy", "auc", "fold_seconds"]
    )


@functools.cache
def cohorts() -> dict[str, Cohort]:
    """The sets whose files are at hand, by name."""
    cohorts = hcp(data_file(HCP)), *abide(data_file(ABIDE))
    return {cohort.name: cohort for cohort in cohorts}
