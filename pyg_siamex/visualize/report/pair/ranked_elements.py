"""What the slider keeps: the elements of one side in the order of their importance."""

from dataclasses import dataclass

import torch
from torch_geometric.explain import Explanation

from pyg_siamex.explain.elements import goes_both_ways, is_masked, strongest, unordered_pairs
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.element_values import every_importance
from pyg_siamex.metric.trust import SIDES, side_protocol, side_ranks
from pyg_siamex.visualize.report.pair.subject import Subject


@dataclass(frozen=True)
class RankedElements:
    """The elements of one graph.

    Attributes:
        noun: What one is called.
        ends: The nodes of each element: two of an edge, else one.
        values: Importance of each element.
        ranks: Position of each element, the most important at 0.
        explained: Whether the side has importances at all.
    """

    noun: str
    ends: list[tuple[int, ...]]
    values: list[float]
    ranks: list[int]
    explained: bool = True

    @property
    def order(self) -> list[int]:
        """The elements, the most important first."""
        return sorted(range(len(self.ranks)), key=self.ranks.__getitem__)

    @property
    def of_edges(self) -> bool:
        """Whether the elements are edges."""
        return bool(self.ends) and len(self.ends[0]) == 2

    def node_ranks(self, nodes: int) -> list[int]:
        """Return for each node the rank of its most important element.

        The slider keeps a node as long as one of its elements; a node without elements has the last
        rank.
        """
        ranks = [len(self.ends)] * nodes
        for ends, rank in zip(self.ends, self.ranks, strict=True):
            for node in ends:
                ranks[node] = min(ranks[node], rank)
        return ranks


def ranked_elements(explanation: PairExplanation, subject: Subject, side: int) -> RankedElements:
    """Rank the elements of query (0) or reference (1) as the measures do.

    RankedElements are edges if there is a mask of edges, else nodes, or the columns of rows. A side
    without masks ranks its nodes by their sums of the pair matrix.

    Raises:
        ValueError: If a side has importances of features, and the other has none of the same.
    """
    which, nodes = SIDES[side], len(subject.labels[side])
    if not is_masked(getattr(explanation, which)):
        return _by_magnitude(subject.node, subject.domain.values(explanation, side), nodes)
    protocol = side_protocol(explanation, which)
    values = every_importance(explanation, protocol).cpu().double().tolist()
    ranks = side_ranks(explanation, which).tolist()
    if protocol.elements == "edge":
        ends: list[tuple[int, ...]] = [*edge_ends(getattr(explanation, which))]
        return RankedElements(subject.edge, ends, values, ranks)
    if len(values) != nodes:
        raise ValueError(
            f"the {which} has importances of {len(values)} features, and a page of rows needs "
            f"features of the same number and names on both sides"
        )
    return RankedElements(subject.node, [(k,) for k in range(nodes)], values, ranks)


def edge_ends(graph: Explanation) -> list[tuple[int, int]]:
    """List the nodes of each edge but self loops; an undirected edge is listed once."""
    ends = graph.edge_index
    both_ways = goes_both_ways(ends)
    ends = unordered_pairs(ends).ends if both_ways else ends[:, ends[0] != ends[1]]
    return [(u, v) for u, v in ends.T.tolist()]


def _by_magnitude(noun: str, values: list[float] | None, nodes: int) -> RankedElements:
    known = values or [0.0] * nodes
    ranks = [0] * nodes
    for rank, node in enumerate(strongest(torch.tensor(known, dtype=torch.double))):
        ranks[node] = rank
    return RankedElements(noun, [(k,) for k in range(nodes)], known, ranks, values is not None)
