import pytest
import torch
from explain.relevance.direct import direct

from pyg_siamex.explain.relevance import (
    all_pairs,
    top_pairs,
)
from pyg_siamex.nn import (
    DotSimilarity,
)


def test_top_pairs_are_the_strongest(factors):
    best = top_pairs(all_pairs(factors, DotSimilarity(), block_numbers=200), k=12)
    assert best.graphs.shape == (15, 2) and best.nodes.shape == (15, 12, 2)
    for graphs, nodes, values, total in zip(
        best.graphs, best.nodes, best.relevance, best.total, strict=True
    ):
        matrix = direct(factors, DotSimilarity(), int(graphs[0]), int(graphs[1]))
        k = min(12, matrix.numel())
        strongest = matrix.flatten().abs().topk(k).values
        torch.testing.assert_close(values.abs()[:k], strongest)
        torch.testing.assert_close(matrix[nodes[:k, 0].long(), nodes[:k, 1].long()], values[:k])
        assert not values[k:].any()
        torch.testing.assert_close(total, matrix.sum())


def test_narrow_blocks_are_filled_up_to_the_widest(factors):
    """Each pair is as in a block of its own, in the order of the blocks."""
    blocks = list(all_pairs(factors, DotSimilarity(), block_numbers=40))
    widths = {block.relevance[0, 0].numel() for block in blocks}
    assert min(widths) < 30 < max(widths)
    best = top_pairs(iter(blocks), k=30)
    assert best.nodes.shape == (15, min(30, max(widths)), 2)
    parts = [top_pairs([block], k=30) for block in blocks]
    assert torch.equal(best.graphs, torch.cat([part.graphs for part in parts]))
    start = 0
    for part in parts:
        rows, width = slice(start, start + len(part.graphs)), part.nodes.size(1)
        assert torch.equal(best.nodes[rows, :width], part.nodes)
        assert torch.equal(best.relevance[rows, :width], part.relevance)
        assert not best.relevance[rows, width:].any() and not best.nodes[rows, width:].any()
        start += len(part.graphs)
    for (i, j), values in zip(best.graphs.tolist(), best.relevance, strict=True):
        matrix = direct(factors, DotSimilarity(), i, j).flatten()
        k = min(30, matrix.numel())
        torch.testing.assert_close(values[:k].abs(), matrix.abs().sort(descending=True).values[:k])


@pytest.mark.parametrize("given", [1, None, "block"])
def test_what_is_no_block_is_named(given):
    with pytest.raises(TypeError, match="`blocks` must be what all_pairs gives, each a Block"):
        top_pairs([given])
