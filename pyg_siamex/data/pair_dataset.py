"""Pairs over any PyG data set: by label, by threshold, listed, or unlabelled."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex.data.pair import Pair
from pyg_siamex.data.relation import ListedPairs, Relation, SameLabel, Unlabelled, WithinThreshold
from pyg_siamex.data.sampling import draw, sample_alike, sample_any, sample_between
from pyg_siamex.data.split import split_graphs

logger = logging.getLogger(__name__)

PAIRS_PER_GRAPH = 10
DTYPE = torch.float


class PairDataset(Dataset):
    """Pairs of graphs, half of them alike.

    Two graphs are alike if they have the same class. See :meth:`from_threshold`,
    :meth:`from_pairs` and :meth:`unlabelled` for other ways to say what is alike. PyG's stock
    :class:`~torch_geometric.loader.DataLoader` collates items to ``Pair(Batch, Batch, Tensor)``.

    Args:
        graphs: Any PyG data set, or a list of ``Data``.
        num_pairs: How many pairs, half alike as far as there are enough of both kinds. Ten per
            graph, or as many as there are, where not given.
        seed: Seed of the draw; the global random state is left alone.
        labels: Class of each graph. Where not given, ``data.y``.

    Attributes:
        graphs: The graphs.
        index: Positions of query and reference in ``graphs``, ``[P, 2]``. No pair stands twice,
            either way round.
        target: Target similarity, ``[P]``; ``nan`` where unknown.
        relation: Target of any two graphs, see :mod:`pyg_siamex.data.relation`.
        labels: Class of each graph, ``[n]``, or ``None``.

    Raises:
        ValueError: If there are no graphs, labels are missing, continuous or NaN, or there is no
            alike or no unlike pair.
    """

    def __init__(
        self,
        graphs: Sequence[Data] | Dataset,
        num_pairs: int | None = None,
        seed: int = 0,
        labels: Sequence[int] | Tensor | None = None,
    ) -> None:
        classes = _labels(graphs, labels)
        groups = [np.flatnonzero(classes.numpy() == c) for c in classes.unique().tolist()]
        index = _balanced(
            _count_alike(groups),
            _count_pairs(len(classes)),
            num_pairs,
            len(classes),
            lambda k, rng: sample_alike(groups, k, rng),
            lambda k, rng: sample_between(groups, k, rng),
            seed,
        )
        self._set(graphs, index, SameLabel(classes), classes, num_pairs)

    @classmethod
    def from_threshold(
        cls,
        graphs: Sequence[Data] | Dataset,
        threshold: float,
        values: Sequence[float] | Tensor | None = None,
        num_pairs: int | None = None,
        seed: int = 0,
    ) -> "PairDataset":
        """Pairs alike if their continuous targets differ by at most ``threshold``.

        Args:
            graphs: Any PyG data set, or a list of ``Data``.
            threshold: Largest difference of an alike pair, in the target's unit, at least 0.
            values: Target of each graph. Where not given, ``data.y``.
            num_pairs: As in the constructor.
            seed: As in the constructor.

        Raises:
            ValueError: If the threshold is negative, values are missing or NaN, or all pairs are
                of one kind.
        """
        if not threshold >= 0:
            raise ValueError(f"threshold must not be negative (got {threshold})")
        numbers = _values(graphs, values)
        order = numbers.argsort(stable=True)
        index = _by_threshold(numbers[order].numpy(), threshold, num_pairs, seed)
        out = cls.__new__(cls)
        out._set(graphs, order[index], WithinThreshold(numbers, threshold), None, num_pairs)
        return out

    @classmethod
    def from_pairs(
        cls,
        graphs: Sequence[Data] | Dataset,
        index: Sequence[Sequence[int]] | Tensor,
        scores: Sequence[float] | Tensor | None = None,
    ) -> "PairDataset":
        """An explicit list of pairs.

        Args:
            graphs: Any PyG data set, or a list of ``Data``.
            index: Positions of query and reference, ``[P, 2]``.
            scores: Target of each pair, ``[P]``; unknown where not given.

        Raises:
            ValueError: If a position is out of range, lengths differ, a score is NaN, or a pair is
                listed twice with different scores.
        """
        size = _size(graphs)
        pairs = torch.as_tensor(index, dtype=torch.long).reshape(-1, 2)
        if len(pairs) and not (int(pairs.min()) >= 0 and int(pairs.max()) < size):
            row = int(((pairs < 0) | (pairs >= size)).any(1).nonzero()[0])
            raise ValueError(f"index[{row}] is {pairs[row].tolist()}, and there are {size} graphs")
        if scores is None:
            target = torch.full((len(pairs),), float("nan"))
        else:
            target = torch.as_tensor(scores, dtype=DTYPE).flatten()
            if len(target) != len(pairs):
                raise ValueError(f"{len(target)} scores for {len(pairs)} pairs")
            if target.isnan().any():
                row = int(target.isnan().nonzero()[0])
                raise ValueError(f"scores[{row}] is NaN: leave the pair out")
        keep = _first_listing(pairs, target)
        relation = Unlabelled() if scores is None else ListedPairs(pairs[keep], target[keep])
        out = cls.__new__(cls)
        out._set(graphs, pairs[keep], relation, None, None)
        out.target = target[keep]
        return out

    @classmethod
    def unlabelled(
        cls, graphs: Sequence[Data] | Dataset, num_pairs: int | None = None, seed: int = 0
    ) -> "PairDataset":
        """Random pairs of which nothing is known; arguments as in the constructor."""
        size = _size(graphs)
        count = _limit(num_pairs, size, _count_pairs(size))
        index = sample_any(size, count, np.random.default_rng(seed))
        out = cls.__new__(cls)
        out._set(graphs, index, Unlabelled(), None, num_pairs)
        return out

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.index)

    def __getitem__(self, k: int) -> Pair:
        """The k-th pair."""
        query, reference = self.index[k].tolist()
        return Pair(self.graphs[query], self.graphs[reference], self.target[k])

    def split(
        self,
        fractions: Sequence[float] = (0.8, 0.1, 0.1),
        seed: int = 0,
        groups: Sequence[Any] | None = None,
    ) -> tuple["PairDataset", ...]:
        """Split by graph: no graph is in two parts.

        Pairs are drawn anew within each part by the same rule; of listed pairs those stay whose
        graphs fall into one part (the number lost is logged).

        Args:
            fractions: Share of the graphs of each part; they sum to 1.
            seed: Seed of the split and of the pairs.
            groups: A key per graph; graphs with equal keys (duplicates of a molecule, scans of a
                subject) stay together.

        Raises:
            ValueError: If the fractions do not sum to 1, or a part gets no pairs.
        """
        parts = split_graphs(_size(self.graphs), fractions, seed, self.labels, groups)
        out = tuple(self._subset(part, seed) for part in parts)
        if isinstance(self.relation, ListedPairs):
            lost = len(self) - sum(len(part) for part in out)
            logger.info("%d of %d listed pairs fell between parts of the split", lost, len(self))
        return out

    def _subset(self, part: Tensor, seed: int) -> "PairDataset":
        graphs = [self.graphs[int(k)] for k in part]
        share = len(part) / _size(self.graphs)
        wanted = None
        if self._num_pairs is not None:  # in proportion, as far as so many pairs are left
            wanted = min(max(1, round(self._num_pairs * share)), _count_pairs(len(part)))
        if isinstance(self.relation, SameLabel):
            return PairDataset(graphs, wanted, seed, self.relation.labels[part])
        if isinstance(self.relation, WithinThreshold):
            values = self.relation.values[part]
            return self.from_threshold(graphs, self.relation.threshold, values, wanted, seed)
        if isinstance(self.relation, ListedPairs):
            place = torch.full((_size(self.graphs),), -1)
            place[part] = torch.arange(len(part))
            inside = place[self.index]
            keep = (inside >= 0).all(1)
            return self.from_pairs(graphs, inside[keep], self.target[keep])
        return self.unlabelled(graphs, wanted, seed)

    def _set(
        self,
        graphs: Any,
        index: Tensor,
        relation: Relation,
        labels: Tensor | None,
        num_pairs: int | None,
    ) -> None:
        self.graphs, self.index, self.relation, self.labels = graphs, index, relation, labels
        self._num_pairs = num_pairs
        if isinstance(relation, SameLabel):
            classes = relation.labels[index]
            self.target = (classes[:, 0] == classes[:, 1]).to(DTYPE)
        elif isinstance(relation, WithinThreshold):
            numbers = relation.values[index]
            difference = (numbers[:, 0] - numbers[:, 1]).abs()
            self.target = (difference <= relation.threshold).to(DTYPE)
        else:
            self.target = torch.full((len(index),), float("nan"))


def _size(graphs: Any) -> int:
    size = len(graphs)
    if size < 2:
        raise ValueError(f"pairs need at least 2 graphs (got {size})")
    return size


def _count_pairs(n: int) -> int:
    return n * (n - 1) // 2


def _count_alike(groups: list[np.ndarray]) -> int:
    return sum(_count_pairs(len(group)) for group in groups)


def _limit(num_pairs: int | None, graphs: int, available: int) -> int:
    if num_pairs is None:
        return min(PAIRS_PER_GRAPH * graphs, available)
    if num_pairs < 1:
        raise ValueError(f"num_pairs must be at least 1 (got {num_pairs})")
    if num_pairs > available:
        raise ValueError(f"num_pairs is {num_pairs}, and {graphs} graphs make {available} pairs")
    return num_pairs


def _balanced(
    alike: int,
    total: int,
    num_pairs: int | None,
    graphs: int,
    draw_alike: Any,
    draw_unlike: Any,
    seed: int,
) -> Tensor:
    """Half alike, half unlike, the rest of a short supply from the other kind if asked for."""
    unlike = total - alike
    if not alike or not unlike:
        kind = "no two graphs are alike" if not alike else "all graphs are alike"
        raise ValueError(f"{kind}: there is nothing to tell apart. Check the labels or threshold")
    limit = _limit(num_pairs, graphs, total)
    if num_pairs is None:
        limit = min(limit, 2 * min(alike, unlike))
    positives = min(alike, max(limit // 2, limit - unlike))
    rng = np.random.default_rng(seed)
    pairs = torch.cat([draw_alike(positives, rng), draw_unlike(limit - positives, rng)])
    order = torch.from_numpy(rng.permutation(len(pairs)))
    swap = torch.from_numpy(rng.random(len(pairs)) < 0.5)
    pairs = pairs[order].long()
    return torch.where(swap[:, None], pairs.flip(1), pairs)


def _by_threshold(values: np.ndarray, threshold: float, num_pairs: int | None, seed: int) -> Tensor:
    """Pairs of positions in sorted values: those within the threshold are runs, easy to count."""
    position = np.arange(len(values))
    reach = _reach(values, threshold)
    near = reach - position - 1  # partners above and within the threshold
    far = len(values) - 1 - position - near

    def drawer(counts: np.ndarray, first: np.ndarray) -> Any:
        ends = counts.cumsum()

        def sample(k: int, rng: np.random.Generator) -> Tensor:
            picks = draw(int(ends[-1]), k, rng)
            i = np.searchsorted(ends, picks, side="right")
            j = first[i] + picks - (ends - counts)[i]
            return torch.from_numpy(np.stack([i, j], axis=1))

        return sample

    total = _count_pairs(len(values))
    alike = drawer(near, position + 1)
    unlike = drawer(far, position + 1 + near)
    return _balanced(int(near.sum()), total, num_pairs, len(values), alike, unlike, seed)


def _reach(values: np.ndarray, threshold: float) -> np.ndarray:
    """For each position of sorted values, the first later one beyond the threshold.

    Bisection on the very difference that the relation takes, so that no pair changes sides by
    rounding.
    """
    low = np.arange(1, len(values) + 1)
    high = np.full(len(values), len(values))
    while (low < high).any():
        middle = np.minimum((low + high) // 2, len(values) - 1)
        inside = (values[middle] - values <= threshold) & (low < high)
        high = np.where(inside | (low >= high), high, middle)
        low = np.where(inside, middle + 1, low)
    return low


def _labels(graphs: Any, labels: Sequence[int] | Tensor | None) -> Tensor:
    values = _values(graphs, labels).double()
    if (values != values.round()).any():
        value = float(values[values != values.round()][0])
        raise ValueError(
            f"labels must be classes, got {value}: use PairDataset.from_threshold for a "
            f"continuous target"
        )
    return values.long()


def _values(graphs: Any, values: Sequence[float] | Tensor | None) -> Tensor:
    size = _size(graphs)
    if values is None:
        values = [_target(graphs[k], k) for k in range(size)]
    tensor = torch.as_tensor(values).flatten()
    if tensor.dtype == torch.double:
        tensor = tensor.float()
    if len(tensor) != size:
        raise ValueError(f"{len(tensor)} labels or values for {size} graphs")
    if tensor.isnan().any():
        position = int(tensor.isnan().nonzero()[0])
        raise ValueError(f"the target of graph {position} is NaN: leave the graph out")
    return tensor


def _target(graph: Data, position: int) -> float:
    y = graph.get("y")
    if y is None:
        raise ValueError(
            f"graph {position} has no target y: set it, pass labels, or use PairDataset.unlabelled"
        )
    y = torch.as_tensor(y)
    if y.numel() != 1:
        raise ValueError(
            f"graph {position} has {y.numel()} targets: pass one label per graph as labels="
        )
    return y.item()


def _first_listing(pairs: Tensor, target: Tensor) -> Tensor:
    """Rows to keep: the first of each unordered pair; conflicting scores are an error."""
    seen: dict[tuple[int, int], int] = {}
    for row, pair in enumerate(pairs.sort(dim=1).values.tolist()):
        first = seen.setdefault((pair[0], pair[1]), row)
        if first != row and not target[[first, row]].isnan().any() and target[first] != target[row]:
            raise ValueError(
                f"pair {pairs[row].tolist()} is listed twice with scores {float(target[first])} "
                f"(index[{first}]) and {float(target[row])} (index[{row}])"
            )
    if len(seen) < len(pairs):
        logger.warning("%d pairs were listed twice and are kept once", len(pairs) - len(seen))
    return torch.tensor(list(seen.values()), dtype=torch.long)
