"""Small seeded studies of connectomes with a known difference."""

import numpy as np

from pyg_siamex.datasets.connectome import Connectomes, Subjects
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe

REGIONS = 8


def noise(count: int, seed: int = 0, regions: int = REGIONS) -> np.ndarray:
    """Symmetric normal matrices ``[S, R, R]``."""
    upper = np.triu(np.random.default_rng(seed).standard_normal((count, regions, regions)), 1)
    return upper + upper.transpose(0, 2, 1)


def shifted(matrices: np.ndarray, by: np.ndarray, edges=((0, 1), (0, 2), (1, 2))) -> np.ndarray:
    """The matrices with some connections moved by an amount per subject."""
    out = matrices.copy()
    for i, j in edges:
        out[:, i, j] += by
        out[:, j, i] += by
    return out


def study(count: int = 40, effect: float = 2.0, seed: int = 0, **more) -> Connectomes:
    """Two classes, ``a`` and ``b`` by turns; three connections of ``b`` are stronger."""
    classes = np.arange(count) % 2
    matrices = shifted(noise(count, seed), effect * classes)
    labels = np.array(["a", "b"])[classes]
    return GraphRecipe().graphs(Subjects(matrices, labels=labels, **more))


def values(count: int = 40, effect: float = 2.0, seed: int = 0) -> Connectomes:
    """Measured values that three connections follow."""
    found = np.random.default_rng(seed + 1).uniform(20, 60, count)
    matrices = shifted(noise(count, seed), effect * (found - 40) / 12)
    return GraphRecipe().graphs(Subjects(matrices, labels=found))
