"""A test at every place of a level, beside the same test of the raw connections."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from pyg_siamex.metric.effect_size import EffectSize, hedges_g
from pyg_siamex.metric.map_test import MapTest, map_statistics
from pyg_siamex.recipe.connectomes.group_contrast import Contrast
from pyg_siamex.recipe.connectomes.group_levels import Level

THRESHOLD = 3.0
"""z that starts a cluster of connections."""


def group_table(
    level: Level, evidence: Contrast, by_model: np.ndarray, raw: Contrast, names: tuple[str, str]
) -> pd.DataFrame:
    """Statistics of every place, the strongest first.

    Args:
        level: The places.
        evidence: Evidence for the class, of explained subjects.
        by_model: The same by each retrained model, ``[models, n, E]``.
        raw: Connections of all subjects.
        names: Names of the class and of what it is compared with.
    """
    values = evidence.in_units(level.of(evidence.values))
    own = map_statistics(values, evidence.weights, edges=level.ends, threshold=THRESHOLD)
    plain = level.of(raw.values)
    beside = map_statistics(
        plain, raw.weights, two_sided=True, edges=level.ends, threshold=THRESHOLD
    )
    frame = pd.DataFrame(level.columns)
    for name, column in _columns(own, values, evidence.member).items():
        frame[name] = column
    frame["least_z"] = model_z(level.of(by_model), evidence).min(0)
    frame["stronger_in"] = np.where(beside.effect >= 0, *names)
    for name, column in _columns(beside, plain, raw.member).items():
        frame[f"raw_{name}"] = column
    if level.ends is None:
        frame = frame.drop(columns=["cluster", "p_cluster", "raw_cluster", "raw_p_cluster"])
    order = frame["z"].sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def model_z(by_model: np.ndarray, evidence: Contrast) -> np.ndarray:
    """Z of every place by each retrained model alone, ``[models, M]``.

    Args:
        by_model: ``[models, n, M]``.
        evidence: The weights of the subjects.
    """
    return np.stack([_z(values, evidence.weights) for values in evidence.in_units(by_model)])


def stability(z: np.ndarray) -> float | None:
    """Mean Spearman correlation of the maps of retrained models; ``None`` for a single model.

    Args:
        z: ``[models, M]``.
    """
    if len(z) < 2:
        return None
    pairs = combinations(range(len(z)), 2)
    return float(np.mean([spearmanr(z[i], z[j]).statistic for i, j in pairs]))


def _z(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    found = weights @ values
    sd = found.std(0)
    return np.where(sd > 0, (found[0] - found.mean(0)) / np.where(sd > 0, sd, 1), 0.0)


def tested_columns(test: MapTest, g: EffectSize) -> dict[str, np.ndarray]:
    """Columns of a table of tested places: effect, z, p values, and effect size with its interval.

    Args:
        test: The test.
        g: Effect size at each place.
    """
    return {
        "effect": test.effect,
        "z": test.z,
        "p": test.p,
        "p_fwe": test.p_fwe,
        "q": test.q,
        "g": g.g,
        "g_low": g.low,
        "g_high": g.high,
    }


def _columns(test: MapTest, values: np.ndarray, member: np.ndarray) -> dict[str, np.ndarray]:
    return tested_columns(test, hedges_g(values, member)) | {
        "cluster": test.cluster,
        "p_cluster": test.p_cluster,
    }
