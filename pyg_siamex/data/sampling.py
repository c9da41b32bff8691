"""Draw pairs of graphs without repetition and without listing all pairs."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

_Weight = Callable[[np.ndarray], np.ndarray]


def sample_alike(classes: list[np.ndarray], count: int, rng: np.random.Generator) -> Tensor:
    """Draw ``count`` pairs inside classes, all pairs equally likely.

    Args:
        classes: Positions of the members of each class.
        count: Number of pairs, at most the number of pairs inside classes.
        rng: Source of randomness.

    Returns:
        Unordered pairs ``[count, 2]``, without duplicates.
    """
    sizes = np.array([len(g) * (len(g) - 1) // 2 for g in classes], dtype=np.int64)
    ends = sizes.cumsum()
    picks = choose(int(sizes.sum()), count, rng)
    group = np.searchsorted(ends, picks, side="right")
    rank = picks - (ends - sizes)[group]
    i, j = unrank(rank)
    members = np.concatenate([np.asarray(g) for g in classes]) if classes else np.empty(0, int)
    starts = np.array([len(g) for g in classes], dtype=np.int64)
    starts = (starts.cumsum() - starts)[group]
    return torch.from_numpy(np.stack([members[starts + i], members[starts + j]], axis=1))


def sample_between(classes: list[np.ndarray], count: int, rng: np.random.Generator) -> Tensor:
    """Draw ``count`` pairs across classes, all equally likely; ``[count, 2]``.

    Pairs are numbered by the later class, then by the earlier one, then by members; no list of
    pairs of classes is made.
    """
    sizes = np.array([len(members) for members in classes], dtype=np.int64)
    ends = sizes.cumsum()  # members up to each class
    starts = ends - sizes
    pairs = (sizes * starts).cumsum()  # pairs up to each later class
    picks = choose(int(pairs[-1]) if len(pairs) else 0, count, rng)
    later = np.searchsorted(pairs, picks, side="right")
    rest = picks - (pairs - sizes * starts)[later]
    earlier = np.searchsorted(ends, rest // sizes[later], side="right")
    i, j = np.divmod(rest - sizes[later] * starts[earlier], sizes[later])
    members = np.concatenate([np.asarray(g) for g in classes]) if classes else np.empty(0, int)
    return torch.from_numpy(np.stack([members[starts[earlier] + i], members[starts[later] + j]], 1))


def sample_any(size: int, count: int, rng: np.random.Generator) -> Tensor:
    """Draw ``count`` unordered pairs of ``size`` graphs without duplicates, ``[count, 2]``."""
    i, j = unrank(choose(size * (size - 1) // 2, count, rng))
    return torch.from_numpy(np.stack([i, j], axis=1))


def choose(total: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """``count`` different integers below ``total``, in random order."""
    if count > total:
        raise ValueError(f"asked for {count} pairs, and there are {total}")
    if total < 4 * count:
        return rng.permutation(total)[:count].astype(np.int64)
    chosen = np.unique(rng.integers(0, total, 2 * count))
    while len(chosen) < count:
        chosen = np.union1d(chosen, rng.integers(0, total, count))
    return rng.permutation(chosen)[:count]


def unrank(rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pair (i, j), i < j, of each rank in the order (0,1), (0,2), (1,2), (0,3), ..."""
    j = ((1 + np.sqrt(8.0 * rank + 1)) / 2).astype(np.int64)
    j -= (j * (j - 1) // 2 > rank).astype(np.int64)  # the root rounds up at large ranks
    j += ((j + 1) * j // 2 <= rank).astype(np.int64)
    return rank - j * (j - 1) // 2, j
