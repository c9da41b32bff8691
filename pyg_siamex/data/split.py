"""Split graphs into parts; every graph is in one part only, with those it stays together with."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor


def split_graphs(
    size: int,
    fractions: Sequence[float],
    seed: int,
    labels: Tensor | None = None,
    together: Sequence[Any] | Tensor | None = None,
) -> list[Tensor]:
    """Positions of the graphs of each part.

    Args:
        size: Number n of graphs.
        fractions: Share of each part, each above 0, summing to 1.
        seed: Seed.
        labels: Classes ``[n]``; each part keeps their shares.
        together: A key per graph; graphs with equal keys stay together, and count for the label
            of the first.

    Raises:
        TypeError: If an entry of ``together`` cannot be a key.
        ValueError: If the fractions are not positive or do not sum to 1, lengths differ, a key is
            missing, or a part would be empty.
    """
    shares = _shares(fractions)
    keys = range(size) if together is None else check_keys(together, size)
    members: dict[Any, list[int]] = {}
    for position, key in enumerate(keys):
        members.setdefault(key, []).append(position)
    rng = np.random.default_rng(seed)
    blocks = list(members.values())
    strata: dict[int, list[list[int]]] = {}
    for k in rng.permutation(len(blocks)):
        label = 0 if labels is None else int(labels[blocks[k][0]])
        strata.setdefault(label, []).append(blocks[k])
    parts: list[list[int]] = [[] for _ in shares]
    large = shares.min() * size / 2
    for blocks_of_label in strata.values():
        # A set as large as a part would fill the part that is dealt to when its turn comes.
        _deal(sorted(blocks_of_label, key=lambda b: -len(b) * (len(b) > large)), shares, parts)
    return _filled(parts, fractions, len(blocks))


def split_in_order(
    order: Sequence[float] | Tensor,
    fractions: Sequence[float],
    together: Sequence[Any] | Tensor | None = None,
) -> list[Tensor]:
    """Positions of the graphs of each part, the earliest in the first part.

    Args:
        order: When each graph was made, ``[n]``, in any unit. Graphs of equal times stay together.
        fractions: Share of each part, each above 0, summing to 1.
        together: A key per graph; graphs with equal keys are as old as the oldest of them, so that
            no later part has a graph that an earlier one has.

    Raises:
        TypeError: If an entry of ``together`` cannot be a key.
        ValueError: As for :func:`split_graphs`, or if a time is not finite.
    """
    shares, times = _shares(fractions), np.asarray(order, dtype=float)
    if not np.isfinite(times).all():
        raise ValueError(f"graph {int((~np.isfinite(times)).argmax())} has no time in `order`")
    keys = range(len(times)) if together is None else check_keys(together, len(times))
    first: dict[Any, float] = {}
    for key, time in zip(keys, times.tolist(), strict=True):
        first[key] = min(time, first.get(key, time))
    age = np.array([first[key] for key in keys])
    ordered = np.sort(age)
    cuts = [ordered[min(round(share * len(age)), len(age) - 1)] for share in shares.cumsum()[:-1]]
    place = np.searchsorted(np.array(cuts), age, side="right")
    parts = [np.flatnonzero(place == k).tolist() for k in range(len(shares))]
    return _filled(parts, fractions, len(set(age.tolist())))


def _shares(fractions: Sequence[float]) -> np.ndarray:
    shares = np.asarray(fractions, dtype=float)
    if len(shares) < 1 or not (shares > 0).all() or abs(shares.sum() - 1) > 1e-6:
        raise ValueError(f"fractions must be positive and sum to 1 (got {list(fractions)})")
    return shares


def _filled(parts: list[list[int]], fractions: Sequence[float], sets: int) -> list[Tensor]:
    if any(not part for part in parts):
        raise ValueError(
            f"{sets} graphs, or sets of graphs that stay together, are too few for "
            f"fractions {list(fractions)}"
        )
    return [torch.tensor(sorted(part)) for part in parts]


def numbered(keys: Sequence[Any]) -> Tensor:
    """Keys as numbers 0, 1, ... in the order of their first occurrence, ``[n]``.

    Args:
        keys: One per graph.

    Example:
        >>> numbered(["b", "a", "b"])
        tensor([0, 1, 0])
    """
    place: dict[Any, int] = {}
    return torch.tensor([place.setdefault(key, len(place)) for key in keys], dtype=torch.long)


def check_keys(together: Sequence[Any] | Tensor, size: int) -> Sequence[Any]:
    """A hashable key per graph.

    Args:
        together: The keys.
        size: Number of graphs.

    Raises:
        TypeError: If one cannot be a key.
        ValueError: If one is missing, or their number is another.
    """
    together = hashable("together", together)
    if len(together) != size:
        raise ValueError(f"`together` has {len(together)} keys for {size} graphs")
    for position, key in enumerate(together):
        if key is None or key != key:
            raise ValueError(f"together[{position}] is {key}: give every graph a key")
    return together


def hashable(name: str, keys: Sequence[Any] | Tensor, each: str = "graph") -> Sequence[Any]:
    """Keys that can be equal.

    Args:
        name: The argument, for messages.
        keys: The keys.
        each: What has a key.

    Raises:
        TypeError: If one cannot be a key.
    """
    if isinstance(keys, Tensor | np.ndarray):  # elements of a tensor are never equal keys
        keys = keys.tolist()
    for position, key in enumerate(keys):
        if not isinstance(key, Hashable) or isinstance(key, Tensor):
            raise TypeError(
                f"`{name}` must hold numbers, strings or tuples ({name}[{position}] is a "
                f"{type(key).__name__}): pass one key per {each}"
            )
    return keys


def _deal(blocks: list[list[int]], shares: np.ndarray, parts: list[list[int]]) -> None:
    """Give each block to the part that is furthest below its share of this class."""
    given = np.zeros(len(shares))
    total = sum(len(block) for block in blocks)
    overall = np.array([len(part) for part in parts], dtype=float)
    for block in blocks:
        lack = shares * total - given
        # If classes are smaller than a part, the emptiest part overall goes first.
        lack -= 1e-3 * (overall / shares) / max(1.0, overall.sum())
        part = int(lack.argmax())
        parts[part].extend(block)
        given[part] += len(block)
        overall[part] += len(block)
