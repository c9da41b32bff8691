"""Pairs over any PyG data set: by label, by threshold, listed, or unlabelled."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex.data.balance import (
    balanced_by_class,
    balanced_by_threshold,
    count_pairs,
    pair_count,
)
from pyg_siamex.data.listing import first_listing, read_index, read_scores
from pyg_siamex.data.pair import Pair
from pyg_siamex.data.relation import ListedPairs, Relation, SameLabel, Unlabelled, WithinThreshold
from pyg_siamex.data.sampling import sample_any
from pyg_siamex.data.split import split_graphs
from pyg_siamex.data.target import check_count, check_graphs, read_classes, read_values

logger = logging.getLogger(__name__)


class PairDataset(Dataset):
    """Pairs of graphs, half of them alike.

    Two graphs are alike if they have the same class. See :meth:`from_threshold`,
    :meth:`from_pairs` and :meth:`unlabelled` for other ways to say what is alike. PyG's stock
    :class:`~torch_geometric.loader.DataLoader` collates items to ``Pair(Batch, Batch, Tensor)``.

    Args:
        graphs: Any PyG data set, or a list of ``Data``.
        num_pairs: How many pairs, half alike as far as there are enough of both kinds. Ten per
            graph, or as many as there are, where not given. All alike pairs are equally likely,
            so a large class has more of them.
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
        TypeError: If ``graphs`` holds no ``Data``, or labels are no numbers.
        ValueError: If there are fewer than two graphs, labels are missing, continuous or NaN, or
            there is no alike or no unlike pair.
    """

    def __init__(
        self,
        graphs: Sequence[Data] | Dataset,
        num_pairs: int | None = None,
        seed: int = 0,
        labels: Sequence[int] | Tensor | None = None,
    ) -> None:
        classes = read_classes(graphs, labels)
        count = check_count(num_pairs)
        index = balanced_by_class(classes, count, seed)
        query, reference = classes[index].unbind(1)
        target = (query == reference).float()
        self._set(graphs, index, target, SameLabel(classes), classes, count)

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
            TypeError: If ``graphs`` holds no ``Data``, or values are no numbers.
            ValueError: If the threshold is negative, values are missing or not finite, or all
                pairs are of one kind.
        """
        if not threshold >= 0:
            raise ValueError(f"threshold must not be negative (got {threshold})")
        numbers = read_values(graphs, values)
        count = check_count(num_pairs)
        index = balanced_by_threshold(numbers, threshold, count, seed)
        out = cls.__new__(cls)
        query, reference = numbers[index].unbind(1)
        target = ((query - reference).abs() <= threshold).float()
        out._set(graphs, index, target, WithinThreshold(numbers, threshold), None, count)
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

        A pair that is listed again with the same score is dropped, and the number is logged.

        Raises:
            TypeError: If positions are no integers, or scores no numbers.
            ValueError: If there is no pair, a position is out of range, lengths differ, a score
                is NaN, or a pair is listed twice with different scores.
        """
        pairs = read_index(index, check_graphs(graphs))
        target = read_scores(scores, len(pairs))
        keep = first_listing(pairs, target)
        return cls._listed(graphs, pairs[keep], target[keep])

    @classmethod
    def unlabelled(
        cls, graphs: Sequence[Data] | Dataset, num_pairs: int | None = None, seed: int = 0
    ) -> "PairDataset":
        """Random pairs of which nothing is known; arguments as in the constructor."""
        size = check_graphs(graphs)
        wanted = check_count(num_pairs)
        index = sample_any(size, pair_count(wanted, size), np.random.default_rng(seed))
        out = cls.__new__(cls)
        unknown = torch.full((len(index),), float("nan"))
        out._set(graphs, index, unknown, Unlabelled(), None, wanted)
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
        groups: Sequence[Any] | Tensor | None = None,
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
            TypeError: If a group cannot be a key.
            ValueError: If the fractions do not sum to 1, a group is missing, or a part gets no
                pairs.
        """
        parts = split_graphs(len(self.graphs), fractions, seed, self.labels, groups)
        out = tuple(self._subset(part, seed) for part in parts)
        if isinstance(self.relation, ListedPairs):
            lost = len(self) - sum(len(part) for part in out)
            logger.info("%d of %d listed pairs fell between parts of the split", lost, len(self))
        return out

    def _subset(self, part: Tensor, seed: int) -> "PairDataset":
        graphs = [self.graphs[int(k)] for k in part]
        if isinstance(self.relation, ListedPairs):
            return self._listed_inside(graphs, part)
        wanted = None
        if self._num_pairs is not None:  # in proportion, as far as so many pairs are left
            share = len(part) / len(self.graphs)
            wanted = min(max(1, round(self._num_pairs * share)), count_pairs(len(part)))
        if isinstance(self.relation, SameLabel):
            return PairDataset(graphs, wanted, seed, self.relation.labels[part])
        if isinstance(self.relation, WithinThreshold):
            values = self.relation.values[part]
            return self.from_threshold(graphs, self.relation.threshold, values, wanted, seed)
        return self.unlabelled(graphs, wanted, seed)

    def _listed_inside(self, graphs: list[Data], part: Tensor) -> "PairDataset":
        """The listed pairs both of whose graphs are in ``part``."""
        place = torch.full((len(self.graphs),), -1)
        place[part] = torch.arange(len(part))
        inside = place[self.index]
        keep = (inside >= 0).all(1)
        if not keep.any():
            raise ValueError(
                f"a part of {len(part)} graphs holds none of the {len(self)} listed pairs: list "
                f"more pairs, or split into fewer parts"
            )
        return self._listed(graphs, inside[keep], self.target[keep])

    @classmethod
    def _listed(cls, graphs: Any, index: Tensor, target: Tensor) -> "PairDataset":
        out = cls.__new__(cls)
        out._set(graphs, index, target, ListedPairs(index, target), None, None)
        return out

    def _set(
        self,
        graphs: Any,
        index: Tensor,
        target: Tensor,
        relation: Relation,
        labels: Tensor | None,
        num_pairs: int | None,
    ) -> None:
        self.graphs, self.index, self.target = graphs, index, target
        self.relation, self.labels, self._num_pairs = relation, labels, num_pairs
