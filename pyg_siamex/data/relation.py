"""What is known of any two graphs: the target of every pair, not only of those listed."""

from typing import Protocol

import torch
from torch import Tensor


class Relation(Protocol):
    """Target similarity of any pair of graphs of a data set."""

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets of all pairs of graphs ``i`` (``[a]``) and ``j`` (``[b]``), ``[a, b]`` float.

        1 alike, 0 not, any number for scores, ``nan`` where unknown.
        """
        ...


class SameLabel:
    """1 for two graphs of one class, 0 otherwise.

    Args:
        labels: Class of each graph, ``[n]`` integers.
    """

    def __init__(self, labels: Tensor) -> None:
        self.labels = labels

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets ``[a, b]``."""
        return (self.labels[i][:, None] == self.labels[j][None, :]).float()


class WithinThreshold:
    """1 for two graphs whose values differ by at most ``threshold``, 0 otherwise.

    Args:
        values: Value of each graph, ``[n]``.
        threshold: Largest difference of an alike pair, in the values' unit.
    """

    def __init__(self, values: Tensor, threshold: float) -> None:
        self.values, self.threshold = values, threshold

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets ``[a, b]``."""
        difference = self.values[i][:, None] - self.values[j][None, :]
        return (difference.abs() <= self.threshold).float()


class ListedPairs:
    """The score of listed pairs, either way round; unknown for all others.

    Args:
        index: Positions of the two graphs, ``[P, 2]``, no pair twice.
        scores: ``[P]``, ``nan`` where unknown.
    """

    def __init__(self, index: Tensor, scores: Tensor) -> None:
        self.index, self.scores = index, scores
        self._size = int(index.max()) + 1 if len(index) else 0
        self._keys, order = self._key(index[:, 0], index[:, 1]).sort()
        # One more for all pairs that are not listed.
        self._scores = torch.cat([scores[order].float(), torch.tensor([float("nan")])])

    def _key(self, i: Tensor, j: Tensor) -> Tensor:
        """One integer for each unordered pair of listed graphs."""
        return torch.minimum(i, j) * self._size + torch.maximum(i, j)

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets ``[a, b]``."""
        i, j = torch.broadcast_tensors(i[:, None], j[None, :])
        wanted = self._key(i, j).contiguous()  # [a, b]
        place = torch.searchsorted(self._keys, wanted)
        inside = (place < len(self._keys)) & (torch.maximum(i, j) < self._size)
        found = inside & (torch.cat([self._keys, self._keys.new_tensor([-1])])[place] == wanted)
        return self._scores[torch.where(found, place, len(self._keys))]


class Unlabelled:
    """Nothing is known of any pair."""

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """``nan`` everywhere, ``[a, b]``."""
        return torch.full((len(i), len(j)), float("nan"))
