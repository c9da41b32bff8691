"""Relations between graphs: the target of every pair, and how pairs are drawn."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, shown, whole
from pyg_siamex.data.balance import balanced_by_class, balanced_by_difference, pair_count
from pyg_siamex.data.difference_limit import DifferenceLimit
from pyg_siamex.data.listed_pairs import read_index
from pyg_siamex.data.positions import positions
from pyg_siamex.data.sampling import sample_any

_ROWS = 256
"""Rows of the matrix of targets that are counted at once."""

_Sampled = tuple[Tensor, Tensor]
"""Positions of query and reference, ``[P, 2]``, and the target of each pair, ``[P]``."""


class Relation(ABC):
    """Target similarity of any pair of graphs of a data set.

    Attributes:
        fixed: Whether the pairs are listed. Otherwise pairs can be drawn anew for any graphs.
        labels: Class of each graph, ``[n]``, or ``None`` if graphs have no class.
    """

    fixed: ClassVar[bool] = False
    labels: Tensor | None = None
    _graphs: int | None = None

    @abstractmethod
    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets of all pairs of graphs ``i`` (``[a]``) and ``j`` (``[b]``), ``[a, b]`` float.

        1 for alike, 0 for not alike, any number for scores, ``nan`` if unknown.
        """

    def targets(self, i: Tensor, j: Tensor) -> Tensor:
        """What :meth:`matrix` gives, as floats: truths and whole numbers become numbers.

        Args:
            i: Positions of graphs, ``[a]``.
            j: Positions of graphs, ``[b]``.

        Raises:
            TypeError: If it is not a tensor of real numbers.
            ValueError: If it is not ``[a, b]``.
        """
        name = f"matrix of the relation {type(self).__name__}"
        return as_targets(name, self.matrix(i, j), [len(i), len(j)])

    @abstractmethod
    def sample(self, size: int, num_pairs: int | None, seed: int) -> _Sampled:
        """Draw pairs of graphs; no unordered pair occurs twice.

        Args:
            size: Number n of graphs.
            num_pairs: Number of pairs. Default: ten per graph, at most all pairs.
            seed: Seed of the draw.

        Raises:
            TypeError: If a number is not whole.
            ValueError: If there are too few pairs, a number is below 0, or the relation is of
                another number of graphs.
        """

    @abstractmethod
    def among(self, part: Tensor) -> "Relation":
        """The relation restricted to the graphs ``part``, ``[m]``, renumbered in that order."""

    @abstractmethod
    def permuted(self, seed: int) -> "Relation":
        """The same relation with labels, values or scores permuted over graphs or pairs."""

    def units(self, size: int) -> list[list[int]]:
        """Units from which training draws batches: lists of graphs, here each graph by itself."""
        whole("size", size, 0)
        return [[k] for k in range(size)]

    def alike_share(self, size: int) -> float:
        """Share of pairs with target 1 among all pairs with a known target, in [0, 1].

        ``nan`` if no target is known.

        Args:
            size: Number n of graphs.

        Raises:
            TypeError: If it is not a whole number.
            ValueError: If it is below 0, or not the number of graphs that the relation is of.
        """
        _check_draw(size, None, 0, self._graphs)
        everyone, alike, known = torch.arange(size), 0, 0
        for some in everyone.split(_ROWS):
            later = everyone[None, :] > some[:, None]
            target = self.targets(some, everyone)[later]
            alike += int((target == 1).sum())
            known += int((~target.isnan()).sum())
        return alike / known if known else float("nan")


def as_targets(name: str, found: object, shape: Sequence[int]) -> Tensor:
    """Targets of pairs as floats: truths and whole numbers become numbers.

    Args:
        name: What gives them, for messages.
        found: What it gives.
        shape: Their shape.

    Raises:
        TypeError: If it is not a tensor of real numbers.
        ValueError: If it has another shape.

    Example:
        >>> as_targets("matrix", torch.tensor([True, False]), [2])
        tensor([1., 0.])
    """
    if not isinstance(found, Tensor) or found.is_complex():
        got = found.dtype if isinstance(found, Tensor) else shown(found)
        raise TypeError(f"{name} must give targets, a tensor of real numbers (got {got})")
    if list(found.shape) != [*shape]:
        raise ValueError(f"{name} must give targets {[*shape]} (got {list(found.shape)})")
    return found if found.is_floating_point() else found.float()


@checked
class SameLabel(Relation):
    """1 for two graphs of one class, 0 otherwise.

    Args:
        labels: Class of each graph, ``[n]`` integers.
    """

    labels: Tensor

    def __init__(self, labels: Tensor) -> None:
        classes = not (labels.is_floating_point() or labels.dtype == torch.bool)
        if labels.dim() != 1 or not classes:
            raise ValueError(f"labels must be classes, [n] of integers (got {_told(labels)})")
        self.labels = labels
        self._graphs = len(labels)

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets ``[a, b]``; ``IndexError`` for positions that are not there."""
        i, j = (_places(one, len(self.labels)) for one in (i, j))
        return (self.labels[i][:, None] == self.labels[j][None, :]).float()

    def sample(self, size: int, num_pairs: int | None, seed: int) -> _Sampled:
        """Draw half of the pairs within a class, if there are enough of both kinds."""
        _check_draw(size, num_pairs, seed, len(self.labels))
        index = balanced_by_class(self.labels, num_pairs, seed)
        query, reference = self.labels[index].unbind(1)
        return index, (query == reference).float()

    def among(self, part: Tensor) -> "SameLabel":
        """The classes of the graphs ``part``."""
        return SameLabel(self.labels[positions(part, len(self.labels))])

    def permuted(self, seed: int) -> "SameLabel":
        """Each graph gets the class of another."""
        return SameLabel(_shuffled(self.labels, seed))


@checked
class WithinDifference(Relation):
    """1 for two graphs whose values differ by at most ``max_difference``, 0 otherwise.

    Args:
        values: Value of each graph, ``[n]``.
        max_difference: Largest difference of an alike pair, in the values' unit. A difference that
            equals it up to rounding counts as equal, see
            :class:`~pyg_siamex.data.difference_limit.DifferenceLimit`.
    """

    def __init__(self, values: Tensor, max_difference: float) -> None:
        if values.dim() != 1 or not bool(values.isfinite().all()):
            bad = [] if values.dim() != 1 else (~values.isfinite()).nonzero().flatten().tolist()
            told = f"{float(values[bad[0]])} for graph {bad[0]}" if bad else _told(values)
            raise ValueError(f"values must be finite numbers, [n] (got {told})")
        self.values = values
        self.max_difference: float = real("max_difference", max_difference, "[0, inf)")
        self._graphs = len(values)
        self._limit = DifferenceLimit.of(values, self.max_difference)

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets ``[a, b]``; ``IndexError`` for positions that are not there."""
        i, j = (_places(one, len(self.values)) for one in (i, j))
        return self._limit.holds(self.values[i][:, None], self.values[j][None, :]).float()

    def sample(self, size: int, num_pairs: int | None, seed: int) -> _Sampled:
        """Draw half of the pairs within ``max_difference``, if there are enough of both kinds."""
        _check_draw(size, num_pairs, seed, len(self.values))
        index = balanced_by_difference(self.values, self._limit, num_pairs, seed)
        query, reference = self.values[index].unbind(1)
        return index, self._limit.holds(query, reference).float()

    def among(self, part: Tensor) -> "WithinDifference":
        """The values of the graphs ``part``."""
        values = self.values[positions(part, len(self.values))]
        out = WithinDifference(values, self.max_difference)
        out._limit = self._limit  # the rule does not depend on which values are in the part
        return out

    def permuted(self, seed: int) -> "WithinDifference":
        """Each graph gets the value of another."""
        return WithinDifference(_shuffled(self.values, seed), self.max_difference)


@checked
class ListedPairs(Relation):
    """The score of listed pairs in either order; unknown for all other pairs.

    Args:
        index: Positions of the two graphs, ``[P, 2]``.
        scores: ``[P]``, ``nan`` if unknown.

    Raises:
        TypeError: If positions are no whole numbers.
        ValueError: If shapes do not fit, a position is below 0 or beyond 2 147 483 647, or a pair
            is listed twice, in either order, with different scores.
    """

    fixed = True

    def __init__(self, index: Tensor, scores: Tensor) -> None:
        index = read_index(index, _MOST_GRAPHS) if index.numel() else index.long().view(0, 2)
        if scores.shape != (len(index),):
            raise ValueError(f"scores must be [{len(index)}], one a pair (got {_told(scores)})")
        self.index: Tensor = index
        self.scores = scores
        self._size = int(index.max()) + 1 if len(index) else 0
        self._keys, order = self._key(index[:, 0], index[:, 1]).sort()
        self._check_once(index[order], scores[order])
        # The last entry stands for all pairs that are not listed.
        self._scores = torch.cat([scores[order].float(), torch.tensor([float("nan")])])

    def _check_once(self, index: Tensor, scores: Tensor) -> None:
        """Refuse two scores of one pair; pairs are in the order of their keys."""
        again = self._keys[1:] == self._keys[:-1]
        apart = ~torch.isclose(scores[1:].double(), scores[:-1].double(), equal_nan=True)
        twice = (again & apart).nonzero()
        if len(twice):
            k = int(twice[0])
            raise ValueError(
                f"the pair {sorted(index[k].tolist())} is listed with scores {float(scores[k]):g} "
                f"and {float(scores[k + 1]):g}: list it once"
            )

    def _key(self, i: Tensor, j: Tensor) -> Tensor:
        """One integer for each unordered pair of listed graphs."""
        return torch.minimum(i, j) * self._size + torch.maximum(i, j)

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """Targets ``[a, b]``; ``IndexError`` for positions below 0."""
        i, j = (_places(one) for one in (i, j))
        i, j = torch.broadcast_tensors(i[:, None], j[None, :])
        wanted = self._key(i, j).contiguous()  # [a, b]
        place = torch.searchsorted(self._keys, wanted)
        inside = (place < len(self._keys)) & (torch.maximum(i, j) < self._size)
        found = inside & (torch.cat([self._keys, self._keys.new_tensor([-1])])[place] == wanted)
        return self._scores[torch.where(found, place, len(self._keys))]

    def sample(self, size: int, num_pairs: int | None, seed: int) -> _Sampled:
        """All listed pairs, in their order."""
        _check_draw(size, num_pairs, seed)
        if size < self._size:
            raise ValueError(f"size is {size}, and a listed pair has graph {self._size - 1}")
        return self.index, self.scores

    @checked
    def among(self, part: Tensor) -> "ListedPairs":
        """The listed pairs whose graphs are both in ``part``.

        Raises:
            TypeError: If ``part`` is not a tensor.
            IndexError: If it is neither positions from 0 nor a mask.
            ValueError: If no pair is left, or a graph is there twice.
        """
        chosen = torch.tensor(_from_zero(part, self._size), dtype=torch.long)
        if len(chosen.unique()) < len(chosen):
            raise ValueError("`part` has a graph twice: its pairs would have two places")
        place = torch.full((max(self._size, int(chosen.max()) + 1 if len(chosen) else 0),), -1)
        place[chosen] = torch.arange(len(chosen))
        inside = place[self.index]
        keep = (inside >= 0).all(1)
        if not keep.any():
            raise ValueError(
                f"a part of {len(chosen)} graphs holds none of the {len(self.index)} listed pairs: "
                f"list more pairs, or split into fewer parts"
            )
        return ListedPairs(inside[keep], self.scores[keep])

    def permuted(self, seed: int) -> "ListedPairs":
        """Each listed pair gets the score of another."""
        return ListedPairs(self.index, _shuffled(self.scores, seed))

    def units(self, size: int) -> list[list[int]]:
        """The listed pairs, so that each batch holds pairs with a known target."""
        return self.index.tolist()


class Unlabelled(Relation):
    """The target of every pair is unknown."""

    def matrix(self, i: Tensor, j: Tensor) -> Tensor:
        """``nan`` everywhere, ``[a, b]``; ``IndexError`` for positions below 0."""
        i, j = (_places(one) for one in (i, j))
        return torch.full((len(i), len(j)), float("nan"))

    def sample(self, size: int, num_pairs: int | None, seed: int) -> _Sampled:
        """Draw any pairs, all equally likely, with unknown target."""
        _check_draw(size, num_pairs, seed)
        index = sample_any(size, pair_count(num_pairs, size), np.random.default_rng(seed))
        return index, torch.full((len(index),), float("nan"))

    def among(self, part: Tensor) -> "Unlabelled":
        """The relation itself, since all targets stay unknown."""
        return self

    def permuted(self, seed: int) -> "Unlabelled":
        """The relation itself, since it has nothing to permute."""
        return self


_MOST_GRAPHS = 2**31
"""Graphs up to which a pair of them is one number of 63 bits."""


def _places(given: Tensor, size: int | None = None) -> Tensor:
    """Positions ``[a]`` of graphs, from the end if they are negative and the number is known."""
    try:
        found = torch.as_tensor(given)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"graphs are chosen by positions, [a] of integers (got {shown(given)})"
        ) from None
    if found.dtype == torch.bool and size is not None and found.shape == (size,):
        return found.nonzero().flatten()
    whole_numbers = not (found.is_floating_point() or found.is_complex())
    if found.dim() != 1 or (len(found) and (not whole_numbers or found.dtype == torch.bool)):
        raise IndexError(f"graphs are chosen by positions, [a] of integers (got {_told(found)})")
    found = found.long()
    if not len(found):
        return found
    low, high = (int(end) for end in found.aminmax())
    if low < (0 if size is None else -size) or (size is not None and high >= size):
        odd = high if size is not None and high >= size else low
        told = "they are from 0" if size is None else f"the relation is of {size} graphs"
        raise IndexError(f"no position {odd}: {told}")
    return found


def _from_zero(part: Tensor, size: int) -> list[int]:
    """Positions of at least ``size`` graphs, whose number is not known."""
    whole_numbers = not (part.is_floating_point() or part.is_complex() or part.dtype == torch.bool)
    counted = whole_numbers and bool(part.numel())
    low, high = (int(part.min()), int(part.max())) if counted else (0, len(part.flatten()) - 1)
    if low < 0 or high >= _MOST_GRAPHS:
        raise IndexError(f"`part`: no position {low if low < 0 else high}: they are from 0")
    return positions(part, max(size, high + 1))


def _check_draw(size: int, num_pairs: int | None, seed: int, graphs: int | None = None) -> None:
    """Refuse numbers that nothing can be drawn by, and another size than the relation has."""
    whole("size", size, 0)
    if graphs is not None and size != graphs:
        raise ValueError(f"size is {size}, and the relation is of {graphs} graphs")
    if num_pairs is not None:
        whole("num_pairs", num_pairs, 0)
    whole("seed", seed, 0)


def _shuffled(values: Tensor, seed: int) -> Tensor:
    whole("seed", seed, 0)
    return values[torch.from_numpy(np.random.default_rng(seed).permutation(len(values)))]


def _told(values: Tensor) -> str:
    return f"{list(values.shape)} of {values.dtype}"
