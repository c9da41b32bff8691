"""The strongest node pairs of very many graph pairs."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown, whole
from pyg_siamex.explain.relevance.pairs import Block


@dataclass(frozen=True)
class TopPairs:
    """The strongest node pairs of many graph pairs.

    Attributes:
        graphs: Query and reference graph of each pair, ``[P, 2]``.
        nodes: Query and reference node, the strongest first, ``[P, k, 2]``; k is smaller than was
            asked for if the largest graphs have fewer node pairs.
        relevance: Signed relevance, ``[P, k]``, and 0 where a pair has fewer than k node pairs.
        total: Sum of each pair matrix, ``[P]``.
    """

    graphs: Tensor
    nodes: Tensor
    relevance: Tensor
    total: Tensor


@checked
def top_pairs(blocks: Iterable[Block], k: int = 5) -> TopPairs:
    """Keep the ``k`` node pairs of largest absolute relevance of each pair of graphs.

    Args:
        blocks: From :func:`~pyg_siamex.explain.relevance.all_pairs`.
        k: How many node pairs to keep, at least 1.

    Raises:
        TypeError: If ``blocks`` holds something else.
        ValueError: If ``k`` is below 1 or ``blocks`` is empty.
    """
    whole("k", k)
    parts = [_strongest(_checked_block(one), k) for one in blocks]
    if not parts:
        raise ValueError("there are no pairs: all_pairs needs at least two graphs")
    widest = max(part.relevance.size(1) for part in parts)
    parts = [_padded(part, widest) for part in parts]
    names = [field.name for field in fields(TopPairs)]
    return TopPairs(*(torch.cat([getattr(part, name) for part in parts]) for name in names))


def _checked_block(given: object) -> Block:
    if not isinstance(given, Block):
        raise TypeError(f"`blocks` must be what all_pairs gives, each a Block (got {shown(given)})")
    return given


def _padded(pairs: TopPairs, width: int) -> TopPairs:
    missing = width - pairs.relevance.size(1)
    if not missing:
        return pairs
    nodes = torch.nn.functional.pad(pairs.nodes, (0, 0, 0, missing))
    relevance = torch.nn.functional.pad(pairs.relevance, (0, missing))
    return TopPairs(pairs.graphs, nodes, relevance, pairs.total)


def _strongest(block: Block, k: int) -> TopPairs:
    rows, columns = block.wanted.nonzero().unbind(1)
    graphs = torch.stack([block.query[rows], block.reference[columns]], dim=1)
    whole = bool(block.wanted.all())
    flat = block.relevance.reshape(-1, *block.relevance.shape[2:]).flatten(1)
    flat = flat if whole else flat[block.wanted.flatten()]
    found = flat.abs().topk(min(k, flat.size(1)), dim=1).indices
    relevance = flat.gather(1, found)
    width = block.relevance.size(3)
    nodes = torch.stack([found // width, found % width], dim=2).int()
    nodes = nodes.masked_fill(relevance.unsqueeze(2) == 0, 0)
    return TopPairs(graphs.int(), nodes, relevance, flat.sum(1))
