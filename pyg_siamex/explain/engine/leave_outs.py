"""Embeddings of graphs without sets of elements, to compare with any number of other graphs."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.data.ragged import places
from pyg_siamex.explain.engine.affordable import announce, check_leave_outs
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs, items_of
from pyg_siamex.explain.engine.mask_space import MaskSpace
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs

# Nodes plus edges of all copies encoded in one call.
COPY_BUDGET = 65536
# Numbers in the embeddings compared in one call.
_EMBEDDING_BUDGET = 2**22

_Sets = Callable[[MaskedGraphs, str], Tensor]
"""From graphs and the name of a mask to the sets to leave out, ``[2, P]``.

Each column has the number of a set and one of its elements; there is one set for each element.
"""


class LeaveOuts:
    """Similarities lost without sets of elements, one set for each mask element.

    All sets of all graphs go through the encoder in a few large batches. Equal graphs are encoded
    once, for any number of graphs that they are compared with.

    Args:
        graphs: G graphs and their masks.
        sets: The sets.

    Raises:
        ValueError: If the graphs are so large that the leave-outs would take days.
    """

    def __init__(self, graphs: MaskedGraphs, sets: _Sets) -> None:
        self.graphs = graphs
        first, which = distinct_graphs(graphs.union)
        distinct = MaskedGraphs(graphs.model, graphs.union.select_graphs(first), graphs.kinds)
        times = check_leave_outs(distinct)
        with torch.no_grad(), distinct.encoding() as encode:
            whole = encode(distinct.ones())[0]
            announce(times, lambda: encode(distinct.ones()))
        self.whole: Tensor = whole[which]  # [G, D]
        self.rows: dict[str, Tensor] = {}
        self.left: dict[str, Tensor] = {}
        for name in graphs.spaces:
            self.left[name] = _encoded(distinct, name, sets(distinct, name), whole)
            home = distinct.spaces[name].graph
            self.rows[name] = items_of(home, which, graphs.spaces[name].graph)

    @torch.no_grad()
    def against(self, references: Tensor) -> dict[str, Tensor]:
        """Loss of each graph's similarity to each reference, ``{name: [M, K]}``.

        Args:
            references: Embeddings ``[K, D]``; the graphs are compared as queries.
        """
        full = self._compare(self.whole, references)  # [G, K]
        return {
            name: full[self.graphs.spaces[name].graph]
            - self._compare(left, references)[self.rows[name]]
            for name, left in self.left.items()
        }

    @torch.no_grad()
    def in_pairs(self, pairs: MaskedPairs) -> dict[str, Tensor]:
        """Loss of the similarity of each graph to the whole other graph of its pair, ``[M]``."""
        query, reference = pairs.sides(self.whole)
        similarity = pairs.compare(query, reference)
        out = {}
        for name, space in pairs.spaces.items():
            left, pair = self.left[name][self.rows[name]], pairs.pairs[name]
            first = space.graph < pairs.num_pairs
            if pairs.problem.side == "reference":
                first = torch.zeros_like(first)
            loss = similarity.new_empty(len(pair))
            for chunk in torch.arange(len(pair), device=pair.device).split(self._chunk(1)):
                a, b, h = query[pair[chunk]], reference[pair[chunk]], left[chunk]
                changed = first[chunk, None]
                found = pairs.compare(torch.where(changed, h, a), torch.where(changed, b, h))
                loss[chunk] = similarity[pair[chunk]] - found
            out[name] = loss
        return out

    def _compare(self, h: Tensor, references: Tensor) -> Tensor:
        """Similarities ``[M, K]`` of embeddings ``[M, D]`` to ``[K, D]``."""
        parts = []
        for some in h.split(self._chunk(len(references))):
            size = (len(some), len(references), h.size(1))
            a, b = some[:, None].expand(size), references[None].to(h).expand(size)
            found = self.graphs.compare(a.flatten(0, 1), b.flatten(0, 1))
            parts.append(found.view(size[:2]))
        return torch.cat(parts) if parts else h.new_zeros(0, len(references))

    def _chunk(self, references: int) -> int:
        return max(1, _EMBEDDING_BUDGET // max(1, references * self.whole.size(1)))


@torch.no_grad()
def _encoded(graphs: MaskedGraphs, name: str, sets: Tensor, whole: Tensor) -> Tensor:
    """Embedding of each element's graph without the element's set, ``[M, D]``."""
    space = graphs.spaces[name]
    number, member = sets[:, present_elements(graphs, space)[sets[1]]]
    changed = torch.zeros_like(space.graph).bool().index_fill(0, number, True)
    rank = torch.full_like(space.graph, -1)
    rank[changed] = places(space.graph[changed])
    rounds = space.graph[changed].bincount(minlength=graphs.union.num_graphs)
    left, start = whole[space.graph], 0
    while bool((rounds > start).any()):
        part = _Part.of(graphs, name, rounds > start)
        size = len(part.graphs.union.x) + part.graphs.union.edge_index.size(1)
        count = max(1, min(COPY_BUDGET // size, int(rounds.max()) - start))
        mask = whole.new_ones(count, len(part.graphs.spaces[name]))
        inside = (rank[number] >= start) & (rank[number] < start + count)
        mask[rank[number[inside]] - start, part.element[member[inside]]] = 0
        with part.graphs.encoding(count) as encode:
            h = encode({name: mask.flatten()})  # [count, graphs of the part, D]
        element = ((rank >= start) & (rank < start + count)).nonzero().flatten()
        left[element] = h[rank[element] - start, part.graph[space.graph[element]]]
        start += count
    return left


@dataclass(frozen=True)
class _Part:
    """The graphs that still have sets to leave out.

    Attributes:
        graphs: The graphs.
        graph: Number of each graph in the part, ``[G]``.
        element: Number of each of their elements in the part, ``[M]``.
    """

    graphs: MaskedGraphs
    graph: Tensor
    element: Tensor

    @classmethod
    def of(cls, graphs: MaskedGraphs, name: str, chosen: Tensor) -> "_Part":
        """The graphs that are chosen, ``[G]`` bool."""
        number, home = chosen.cumsum(0) - 1, graphs.spaces[name].graph
        if bool(chosen.all()):
            return cls(graphs, number, torch.arange(len(home), device=home.device))
        union = graphs.union.select_graphs(chosen.nonzero().flatten())
        part = MaskedGraphs(graphs.model, union, graphs.kinds)
        element, inside = torch.full_like(home, -1), chosen[home]
        each = torch.arange(int(chosen.sum()), device=home.device)
        element[inside] = items_of(part.spaces[name].graph, each, number[home[inside]])
        return cls(part, number, element)


def present_elements(graphs: MaskedGraphs, space: MaskSpace) -> Tensor:
    """Elements whose removal changes the input: all but features that are 0."""
    if space.name == "edge" or graphs.contract.discrete:  # 0 is a type like any other
        return torch.ones(len(space), dtype=torch.bool, device=space.graph.device)
    return space.any(graphs.union.x != 0)
