"""Pairs of graphs from any PyG data set: by label, by difference, listed, or unlabelled."""

import copy
import logging
from collections.abc import Sequence
from typing import Any, overload

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._numbers import real
from pyg_siamex.data.balance import count_pairs
from pyg_siamex.data.graph_counts import GraphCounts
from pyg_siamex.data.graph_keys import READ, graph_keys, joined_keys
from pyg_siamex.data.listed_pairs import first_listing, read_index, read_scores
from pyg_siamex.data.pair import Pair
from pyg_siamex.data.positions import Index, is_one, place_of, positions
from pyg_siamex.data.relation import (
    ListedPairs,
    Relation,
    SameLabel,
    Unlabelled,
    WithinDifference,
    as_targets,
)
from pyg_siamex.data.split import check_keys, numbered, split_graphs
from pyg_siamex.data.stored_graphs import each_of, some_of
from pyg_siamex.data.target import check_count, check_graphs, read_classes, read_values
from pyg_siamex.data.transformed import Transform, transformed

_logger = logging.getLogger(__name__)


@checked
class PairDataset(GraphCounts, Dataset[Pair]):
    """Pairs of graphs, half of them alike.

    Two graphs are alike if they have the same class. See :meth:`from_difference`,
    :meth:`from_pairs` and :meth:`unlabelled` for other definitions of alike. PyG's
    :class:`~torch_geometric.loader.DataLoader` collates items to ``Pair(Batch, Batch, Tensor)``.
    ``pairs[3]`` is a pair of shallow copies; ``pairs[:10]``, ``pairs[[0, 3]]`` and ``pairs[mask]``
    are data sets that list these pairs.
    Graphs of a data set on disk, such as :class:`~torch_geometric.data.OnDiskDataset`, are read
    when they are needed, also those of the parts of a split; labels are read once, unless given.

    Args:
        graphs: Any PyG data set, or a list of ``Data``.
        num_pairs: Number of pairs, half of them alike if there are enough of both kinds. All alike
            pairs are equally likely, so a large class has more of them. Default: ten per graph, at
            most all pairs.
        seed: Seed of the draw; the global random state is not changed.
        labels: Class of each graph. Default: ``data.y``.
        transform: Applied to a graph at every access, also in training. A random one makes equal
            graphs different, so that :meth:`split` does not keep them together.
        pre_transform: Applied to each graph once.

    Attributes:
        graphs: The graphs, after the transforms.
        index: Positions of query and reference in ``graphs``, ``[P, 2]``. No unordered pair occurs
            twice.
        target: Target similarity, ``[P]``; ``nan`` if unknown.
        relation: Target of any two graphs, see :mod:`pyg_siamex.data.relation`.
        labels: Class of each graph, ``[n]``, or ``None``.
        groups: Of a part of a split, a number per graph, ``[n]``; graphs that the split keeps
            together have the same. Otherwise ``None``.

    Raises:
        TypeError: If ``graphs`` does not hold ``Data``, or the labels are not numbers.
        ValueError: If there are fewer than two graphs, labels are missing, continuous or NaN, or
            alike pairs or unlike pairs do not exist.
    """

    index: Tensor
    target: Tensor
    groups: Tensor | None

    def __init__(
        self,
        graphs: Sequence[Data] | Dataset[Data],
        num_pairs: int | None = None,
        seed: int = 0,
        labels: Sequence[int] | Sequence[bool] | Tensor | None = None,
        *,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
    ) -> None:
        graphs = _after(graphs, transform, pre_transform)
        self._draw(graphs, SameLabel(read_classes(graphs, labels)), num_pairs, seed)

    @classmethod
    @checked
    def from_difference(
        cls,
        graphs: Sequence[Data] | Dataset[Data],
        max_difference: float,
        values: Sequence[float] | Tensor | None = None,
        num_pairs: int | None = None,
        seed: int = 0,
        *,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
    ) -> "PairDataset":
        """Pairs that are alike if their continuous targets differ by at most ``max_difference``.

        Args:
            graphs: Any PyG data set, or a list of ``Data``.
            max_difference: Largest difference of an alike pair, in the target's unit, at least 0.
                A difference that equals it up to rounding, such as that of 0.1 and 0.4 and 0.3,
                counts as equal.
            values: Target of each graph. Default: ``data.y``.
            num_pairs: As in the constructor.
            seed: As in the constructor.
            transform: As in the constructor.
            pre_transform: As in the constructor.

        Raises:
            TypeError: If ``graphs`` does not hold ``Data``, or the values are not numbers.
            ValueError: If ``max_difference`` is negative, values are missing or not finite, or all
                pairs are of one kind.
        """
        real("`max_difference`", max_difference, "[0, inf)")
        graphs = _after(graphs, transform, pre_transform)
        relation = WithinDifference(read_values(graphs, values), max_difference)
        return cls.from_relation(graphs, relation, num_pairs, seed)

    @classmethod
    @checked
    def from_pairs(
        cls,
        graphs: Sequence[Data] | Dataset[Data],
        index: Sequence[Sequence[int]] | Tensor,
        scores: Sequence[float] | Tensor | None = None,
        *,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
    ) -> "PairDataset":
        """An explicit list of pairs.

        Args:
            graphs: Any PyG data set, or a list of ``Data``.
            index: Positions of query and reference, ``[P, 2]``.
            scores: Target of each pair, ``[P]``. Default: unknown.
            transform: As in the constructor.
            pre_transform: As in the constructor.

        A pair that is listed again with the same score is dropped, and the number of dropped pairs
        is logged.

        Raises:
            TypeError: If the positions are not integers, or the scores are not numbers.
            ValueError: If the list is empty, a position is out of range, lengths differ, a score
                is NaN, or a pair is listed twice with different scores.
        """
        graphs = _after(graphs, transform, pre_transform)
        pairs = read_index(index, check_graphs(graphs))
        target = read_scores(scores, len(pairs))
        keep = first_listing(pairs, target)
        return cls.from_relation(graphs, ListedPairs(pairs[keep], target[keep]))

    @classmethod
    @checked
    def unlabelled(
        cls,
        graphs: Sequence[Data] | Dataset[Data],
        num_pairs: int | None = None,
        seed: int = 0,
        *,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
    ) -> "PairDataset":
        """Random pairs with unknown target; arguments are the same as in the constructor."""
        graphs = _after(graphs, transform, pre_transform)
        return cls.from_relation(graphs, Unlabelled(), num_pairs, seed)

    @classmethod
    @checked
    def from_relation(
        cls,
        graphs: Sequence[Data] | Dataset[Data],
        relation: Relation,
        num_pairs: int | None = None,
        seed: int = 0,
    ) -> "PairDataset":
        """Pairs of any relation, for example a custom one.

        Args:
            graphs: Any PyG data set, or a list of ``Data``.
            relation: Gives the target of any two of the graphs and draws pairs.
            num_pairs: As in the constructor; all listed pairs are taken.
            seed: As in the constructor.

        Raises:
            TypeError: If ``graphs`` does not hold ``Data``.
            ValueError: If there are fewer than two graphs, or the relation has too few pairs.
        """
        if not relation.fixed:
            check_graphs(graphs)
        out = cls.__new__(cls)
        out._draw(graphs, relation, num_pairs, seed)
        return out

    def __repr__(self) -> str:
        """Numbers of pairs and graphs, in one line."""
        return f"PairDataset({len(self)} pairs of {len(self.graphs)} graphs)"

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.index)

    @overload
    def __getitem__(self, k: int) -> Pair: ...

    @overload
    def __getitem__(self, k: Index) -> "PairDataset": ...

    def __getitem__(self, k: int | Index) -> "Pair | PairDataset":
        """One pair, or a data set that lists some of the pairs, of the same graphs."""
        if is_one(k):
            place = place_of(k, len(self))
            query, reference = self.index[place].tolist()
            return Pair(_own(self.graphs, query), _own(self.graphs, reference), self.target[place])
        rows = torch.tensor(positions(k, len(self)), dtype=torch.long)  # type: ignore[arg-type]
        return self._listing(rows)

    @property
    def num_classes(self) -> int:
        """Number of classes of the graphs; 0 without classes."""
        return 0 if self.labels is None else len(self.labels.unique())

    @checked
    def split(
        self,
        fractions: Sequence[float] = (0.8, 0.1, 0.1),
        seed: int = 0,
        together: Sequence[Any] | Tensor | None = None,
        reads: Sequence[str] = READ,
    ) -> tuple["PairDataset", ...]:
        """Split by graph: no graph is in two parts, nor any that a model cannot tell from it.

        Graphs that are equal up to the numbers of their nodes count as one, see
        :func:`~pyg_siamex.data.graph_keys.graph_keys`: otherwise the other parts would ask for
        what was learned by heart. Pairs are drawn anew within each part by the same rule, none of
        them between two such graphs. A listed pair stays only if both its graphs fall into the same
        part; the number of lost pairs is logged.

        Args:
            fractions: Share of the graphs in each part; the shares sum to 1.
            seed: Seed of the split and of the pairs.
            together: A key per graph. Graphs with equal keys (a scaffold, scans of a subject) stay
                together too.
            reads: Attributes that the model reads besides the edges.

        Raises:
            TypeError: If a group cannot be a key.
            ValueError: If the fractions do not sum to 1, a group is missing, or a part, which is
                named, gets no pairs.
        """
        same = graph_keys(each_of(self.graphs), reads)
        keys = same if together is None else joined_keys(same, check_keys(together, len(same)))
        parts = split_graphs(len(self.graphs), fractions, seed, self.labels, keys)
        out = tuple(
            self._part(part, seed, same, keys, f"part {k} of fractions {list(fractions)}")
            for k, part in enumerate(parts, 1)
        )
        if self.relation.fixed:
            lost = len(self) - sum(len(part) for part in out)
            _logger.info("%d of %d listed pairs fell between parts of the split", lost, len(self))
        return out

    def _part(
        self, part: Tensor, seed: int, same: Sequence[Any], keys: Sequence[Any], name: str
    ) -> "PairDataset":
        """A subset that is called by its name where it makes no pairs."""
        try:
            return self.subset(part, seed, same, keys)
        except ValueError as error:
            raise ValueError(f"{name}: {error}, or choose other fractions") from error

    @checked
    def subset(
        self,
        part: Tensor,
        seed: int = 0,
        same: Sequence[Any] | None = None,
        groups: Sequence[Any] | None = None,
    ) -> "PairDataset":
        """Pairs of some of the graphs, drawn anew by the same rule.

        Args:
            part: Positions of the graphs, ``[m]``.
            seed: Seed of the draw.
            same: A key per graph of the whole set; no pair is drawn of two graphs with equal keys.
                Default: pairs of equal graphs are drawn too.
            groups: A key per graph of the whole set, for the attribute ``groups``.

        Raises:
            IndexError: If a position does not exist.
            ValueError: If a position is there twice, the graphs make no pairs of both kinds, or a
                key is missing.
        """
        part = torch.tensor(positions(part, len(self.graphs)), dtype=torch.long)
        _check_once(part)
        for name, keys in (("same", same), ("groups", groups)):
            if keys is not None and len(keys) != len(self.graphs):
                raise ValueError(f"`{name}` has {len(keys)} keys for {len(self.graphs)} graphs")
        graphs = some_of(self.graphs, part)
        relation, wanted = self.relation.among(part), None
        if self._num_pairs is not None:  # in proportion, at most all pairs
            share = len(part) / len(self.graphs)
            wanted = min(max(2, round(self._num_pairs * share)), count_pairs(len(part)))
        out = self.from_relation(graphs, relation, wanted, seed)
        if same is not None and not relation.fixed:
            out._leave_out(numbered([same[int(k)] for k in part]))
        if groups is not None:
            out.groups = numbered([groups[int(k)] for k in part])
        return out

    def _one_graph(self) -> Data:
        graph: Data = self.graphs[0]
        return graph

    def _listing(self, rows: Tensor) -> "PairDataset":
        """The pairs of some rows as a list: no other pair of the graphs has a target."""
        if not len(rows):
            raise ValueError("the index chooses no pair")
        out = PairDataset.__new__(PairDataset)
        out._draw(self.graphs, ListedPairs(self.index[rows], self.target[rows]), None, 0)
        out.labels, out.groups = self.labels, self.groups
        return out

    def _leave_out(self, same: Tensor) -> None:
        """Drop pairs of graphs that have the same number, ``[n]``."""
        kept = same[self.index[:, 0]] != same[self.index[:, 1]]
        index, target = self.index[kept], self.target[kept]
        both = {0.0, 1.0}
        if not len(index) or (set(self.target.tolist()) == both != set(target.tolist())):
            raise ValueError(
                f"{len(same)} graphs, {len(same.unique())} of which a model can tell apart, make "
                f"no pairs of both kinds"
            )
        self.index, self.target = index, target

    def _draw(self, graphs: Any, relation: Relation, num_pairs: int | None, seed: int) -> None:
        count = None if relation.fixed else check_count(num_pairs)
        self.graphs = graphs
        self.relation = relation
        self._num_pairs = count
        self.index, found = relation.sample(len(graphs), count, seed)
        name = f"sample of the relation {type(relation).__name__}"
        self.target = as_targets(name, found, [len(self.index)])
        self.labels: Tensor | None = relation.labels
        self.groups = None


def _own(graphs: Any, k: int) -> Data:
    """A graph on which attributes can be set: a copy from a list, as data sets give copies."""
    graph: Data = graphs[k]
    return copy.copy(graph) if isinstance(graphs, Sequence) else graph


def _after(
    graphs: Any, transform: Transform | None, pre_transform: Transform | None
) -> Sequence[Data] | Dataset[Data]:
    """The graphs after their transforms."""
    if transform is not None or pre_transform is not None:
        check_graphs(graphs)
    return transformed(graphs, transform, pre_transform)


def _check_once(part: Tensor) -> None:
    """Refuse a position that is there twice: pairs of a graph with itself would be drawn."""
    found, times = part.unique(return_counts=True)
    if len(found) < len(part):
        raise ValueError(
            f"`part` has the position {int(found[times.argmax()])} {int(times.max())} times: give "
            f"each graph once"
        )
