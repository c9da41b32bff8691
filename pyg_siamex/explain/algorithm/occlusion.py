"""Occlusion: decrease of the similarity without one edge, node or feature."""

import torch
from torch import Tensor

from pyg_siamex.data.ragged import places
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs
from pyg_siamex.explain.engine.mask_space import MaskSpace
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem

# Nodes plus edges of all copies encoded in one call.
COPY_BUDGET = 65536
# Numbers in the embeddings of all copies' graphs compared in one call.
_EMBEDDING_BUDGET = 2**24


class Occlusion(PairAlgorithm):
    r"""Leave one element out (Zeiler and Fergus, arXiv 1311.2901).

    .. math:: a_e = s - s_{\setminus e}

    Values are signed; positive ones pull the pair together. All leave-outs of all graphs go through
    the encoder in a few large batches; a graph in several pairs is encoded once. An element of the
    query is left out while the reference stays whole, and vice versa.
    """

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        return Attribution(*pairs.split(_leave_one_out(pairs)))


@torch.no_grad()
def _leave_one_out(pairs: MaskedPairs) -> dict[str, Tensor]:
    """Similarity lost without each mask element, ``{name: [M]}``."""
    first, which = distinct_graphs(pairs.union)
    distinct = MaskedGraphs(pairs.model, pairs.union.select_graphs(first), pairs.kinds)
    with distinct.encoding() as encode:
        whole = encode(distinct.ones())[:, which]  # [1, G, D]
    return {name: _leave_out(pairs, distinct, which, whole, name) for name in pairs.spaces}


def _leave_out(
    pairs: MaskedPairs, distinct: MaskedGraphs, which: Tensor, whole: Tensor, name: str
) -> Tensor:
    """Leave out elements of the U distinct graphs and compare in all their pairs."""
    space, union = pairs.spaces[name], distinct.union
    rank = _rank(space.graph, _present(pairs, space))  # position of each element within its graph
    masked = _rank(distinct.spaces[name].graph, _present(distinct, distinct.spaces[name]))
    rounds = int(rank.max()) + 1 if len(rank) else 0
    copies = COPY_BUDGET // (len(union.x) + union.edge_index.size(1))
    copies = max(1, min(copies, _EMBEDDING_BUDGET // whole.numel()))
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
    """Similarity lost by each changed graph against the whole other graph, ``[count, G]``."""
    query, reference = pairs.sides(h)
    whole_query, whole_reference = pairs.sides(whole)
    parts = []
    if pairs.problem.side in ("both", "query"):
        parts.append(similarity - pairs.compare(query, whole_reference))
    if pairs.problem.side in ("both", "reference"):
        parts.append(similarity - pairs.compare(whole_query, reference))
    return torch.cat(parts, dim=1)


def _present(graphs: MaskedGraphs, space: MaskSpace) -> Tensor:
    """Elements whose removal changes the input: all but features that are 0."""
    if space.name == "edge" or graphs.contract.discrete:  # 0 is a type like any other
        return torch.ones(len(space), dtype=torch.bool, device=space.graph.device)
    return space.any(graphs.union.x != 0)


def _rank(graph: Tensor, present: Tensor) -> Tensor:
    """Position of each present element within its graph; -1 for the others."""
    rank = torch.full_like(graph, -1)
    element = present.nonzero().flatten()
    rank[element] = places(graph[element])
    return rank
