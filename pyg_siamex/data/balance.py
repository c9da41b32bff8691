"""Draw equal numbers of alike and unlike pairs, by class or by the difference of two values."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.data.difference_limit import DifferenceLimit
from pyg_siamex.data.sampling import choose, sample_alike, sample_between

_PAIRS_PER_GRAPH = 10

_Drawer = Callable[[int, np.random.Generator], Tensor]


def balanced_by_class(classes: Tensor, num_pairs: int | None, seed: int) -> Tensor:
    """Pairs ``[P, 2]`` of graphs, half of them of one class.

    All alike pairs are equally likely, so a large class has more of them. All unlike pairs are
    equally likely too.

    Args:
        classes: Class of each graph, ``[n]``.
        num_pairs: Number of pairs, see :func:`pair_count`.
        seed: Seed of the draw.

    Raises:
        ValueError: If there are too few pairs, or if one kind of pair is missing.
    """
    order = classes.argsort(stable=True)
    sizes = classes.unique(return_counts=True)[1].tolist()
    groups = [group.numpy() for group in order.split(sizes)]
    return _balanced(
        sum(count_pairs(len(group)) for group in groups),
        len(classes),
        num_pairs,
        lambda k, rng: sample_alike(groups, k, rng),
        lambda k, rng: sample_between(groups, k, rng),
        seed,
    )


def balanced_by_difference(
    values: Tensor, limit: DifferenceLimit, num_pairs: int | None, seed: int
) -> Tensor:
    """Pairs ``[P, 2]`` of graphs, half of them with values that differ by at most a limit.

    In sorted order the partners of a graph form runs, which are easy to count.

    Args:
        values: Value of each graph, ``[n]``.
        limit: Largest difference of an alike pair.
        num_pairs: Number of pairs, see :func:`pair_count`.
        seed: Seed of the draw.

    Raises:
        ValueError: If there are too few pairs, or if one kind of pair is missing.
    """
    order = values.argsort(stable=True)
    ordered = values[order]
    position = np.arange(len(ordered))
    near = _reach(ordered, limit) - position - 1  # partners above and within the limit
    far = len(ordered) - 1 - position - near
    alike, unlike = _runs(near, position + 1), _runs(far, position + 1 + near)
    return order[_balanced(int(near.sum()), len(ordered), num_pairs, alike, unlike, seed)]


def count_pairs(n: int) -> int:
    """Number of unordered pairs of ``n`` graphs."""
    return n * (n - 1) // 2


def pair_count(num_pairs: int | None, graphs: int) -> int:
    """Number of pairs to draw: ``num_pairs``, or by default ten per graph, at most all pairs.

    Raises:
        ValueError: If there are fewer than ``num_pairs``.
    """
    available = count_pairs(graphs)
    if num_pairs is None:
        return min(_PAIRS_PER_GRAPH * graphs, available)
    if num_pairs > available:
        raise ValueError(f"num_pairs is {num_pairs}, and {graphs} graphs make {available} pairs")
    return num_pairs


def _balanced(
    alike: int,
    graphs: int,
    num_pairs: int | None,
    draw_alike: _Drawer,
    draw_unlike: _Drawer,
    seed: int,
) -> Tensor:
    """Draw half alike, half unlike; if one kind runs short of ``num_pairs``, the other fills up."""
    unlike = count_pairs(graphs) - alike
    if not alike or not unlike:
        kind = "no two graphs are alike" if not alike else "all graphs are alike"
        raise ValueError(
            f"{kind}: there is nothing to tell apart in {graphs} graphs. Check the labels or "
            f"`max_difference`, and whether graphs were left out"
        )
    limit = pair_count(num_pairs, graphs)
    if num_pairs is None:
        limit = min(limit, 2 * min(alike, unlike))
    positives = min(alike, max(limit // 2, limit - unlike))
    rng = np.random.default_rng(seed)
    pairs = torch.cat([draw_alike(positives, rng), draw_unlike(limit - positives, rng)])
    order = torch.from_numpy(rng.permutation(len(pairs)))
    swap = torch.from_numpy(rng.random(len(pairs)) < 0.5)
    pairs = pairs[order].long()
    return torch.where(swap[:, None], pairs.flip(1), pairs)


def _runs(counts: np.ndarray, first: np.ndarray) -> _Drawer:
    """Draw (i, j), where j is one of the ``counts[i]`` positions from ``first[i]`` on."""
    ends = counts.cumsum()

    def sample(k: int, rng: np.random.Generator) -> Tensor:
        picks = choose(int(ends[-1]), k, rng)
        i = np.searchsorted(ends, picks, side="right")
        j = first[i] + picks - (ends - counts)[i]
        return torch.from_numpy(np.stack([i, j], axis=1))

    return sample


def _reach(values: Tensor, limit: DifferenceLimit) -> np.ndarray:
    """For each position of sorted values, the first later one beyond the limit.

    Bisects on the same comparison that the relation computes, so that rounding cannot move a pair
    to the other side.
    """
    low = np.arange(1, len(values) + 1)
    high = np.full(len(values), len(values))
    while (low < high).any():
        middle = np.minimum((low + high) // 2, len(values) - 1)
        inside = limit.holds(values[torch.from_numpy(middle)], values).numpy() & (low < high)
        high = np.where(inside | (low >= high), high, middle)
        low = np.where(inside, middle + 1, low)
    return low
