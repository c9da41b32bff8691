"""Small seeded connectivity matrices and time series."""

import numpy as np


def matrices(count: int, size: int = 6, seed: int = 0) -> np.ndarray:
    """Symmetric matrices with entries of both signs and ones on the diagonal."""
    values = np.random.default_rng(seed).uniform(-1, 1, (count, size, size))
    upper = np.triu(values, 1)
    return upper + upper.transpose(0, 2, 1) + np.eye(size)


def series(count: int, regions: int = 5, seed: int = 0) -> list[np.ndarray]:
    """Correlated time series of 40, 41, ... time points."""
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((regions, regions))
    return [rng.standard_normal((40 + k, regions)) @ mixing for k in range(count)]
