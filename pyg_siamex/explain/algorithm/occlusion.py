"""Occlusion: how far the similarity falls when one edge, node or feature is left out."""

import torch
from torch import Tensor

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs
from pyg_siamex.explain.engine.mask_space import MaskSpace
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem

# Nodes plus edges of all copies encoded in one call.
COPY_BUDGET = 65536
# Embeddings of all copies' graphs compared in one call, numbers.
EMBEDDING_BUDGET = 2**24


class Occlusion(PairAlgorithm):
    r"""Leave one element out (Zeiler and Fergus, arXiv 1311.2901).

    .. math:: a_e = s - s_{\setminus e}

    Signed: positive pulls the pair together. All leave-outs of all graphs go through the encoder
    in a few large batches, those of a graph that is in several pairs once; an element of the query
    is left out while the reference stays whole, and the other way round.
    """

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        return Attribution(*pairs.split(leave_one_out(pairs)))


@torch.no_grad()
def leave_one_out(pairs: MaskedPairs) -> dict[str, Tensor]:
    """Similarity lost without each mask element, ``{name: [M]}``."""
    first, which = distinct_graphs(pairs.union)
    distinct = MaskedGraphs(pairs.model, pairs.union.select_graphs(first), pairs.kinds)
    with distinct.encoding() as encode:
        whole = encode(distinct.ones())[:, which]  # [1, G, D]
    return {name: _leave_out(pairs, distinct, which, whole, name) for name in pairs.spaces}


def _leave_out(
    pairs: MaskedPairs, distinct: MaskedGraphs, which: Tensor, whole: Tensor, name: str
) -> Tensor:
    """Leave out the elements of the U distinct graphs; compare in the pairs that have them."""
    space, union = pairs.spaces[name], distinct.union
    rank = _rank(space.graph, _present(pairs, space))  # position of each element within its graph
    masked = _rank(distinct.spaces[name].graph, _present(distinct, distinct.spaces[name]))
    rounds = int(rank.max()) + 1 if len(rank) else 0
    copies = COPY_BUDGET // (len(union.x) + union.edge_index.size(1))
    copies = max(1, min(copies, EMBEDDING_BUDGET // whole.numel()))
    similarity = pairs.similarity(whole)
    loss = similarity.new_zeros(len(space))
    for start in range(0, rounds, copies):
        count = min(copies, rounds - start)
        mask = whole.new_ones(count, len(masked))
        element = _within(masked, start, count)
        mask[masked[element] - start, element] = 0
        with distinct.encoding(count) as encode:
            h = encode({name: mask.flatten()})[:, which]  # [count, G, D]
        element = _within(rank, start, count)
        values = _loss(pairs, whole, h, similarity)
        loss[element] = values[rank[element] - start, space.graph[element]]
    return loss


def _within(rank: Tensor, start: int, count: int) -> Tensor:
    return ((rank >= start) & (rank < start + count)).nonzero().flatten()


def _loss(pairs: MaskedPairs, whole: Tensor, h: Tensor, similarity: Tensor) -> Tensor:
    """Similarity lost by each changed graph, the other graph of its pair whole: ``[count, G]``."""
    query, reference = pairs.sides(h)
    whole_query, whole_reference = pairs.sides(whole)
    parts = []
    if pairs.problem.side in ("both", "query"):
        parts.append(similarity - pairs.compare(query, whole_reference))
    if pairs.problem.side in ("both", "reference"):
        parts.append(similarity - pairs.compare(whole_query, reference))
    return torch.cat(parts, dim=1)


def _present(graphs: MaskedGraphs, space: MaskSpace) -> Tensor:
    """Elements whose removal changes the input at all: features that are not zero already."""
    present = torch.ones(len(space), dtype=torch.bool, device=space.graph.device)
    if space.name == "node":
        if graphs.contract.discrete:  # 0 is a type like any other
            return present
        index = space.index.expand_as(graphs.union.x).flatten()
        nonzero = (graphs.union.x != 0).flatten().to(torch.long)
        counts = index.new_zeros(len(space)).index_add(0, index, nonzero)
        present = counts > 0
    return present


def _rank(graph: Tensor, present: Tensor) -> Tensor:
    """Position of each present element within its graph; -1 for the others."""
    rank = torch.full_like(graph, -1)
    element = present.nonzero().flatten()
    order = graph[element].argsort(stable=True)
    counts = graph[element].bincount()
    starts = (counts.cumsum(0) - counts).repeat_interleave(counts)
    rank[element[order]] = torch.arange(len(element), device=graph.device) - starts
    return rank
