"""Heads of other libraries get rows, whatever the shape of the embeddings."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, Saliency, SiameseGNN
from pyg_siamex.nn import Library, OtherSimilarity


@pytest.mark.parametrize("columns", [False, True])
def test_the_head_sees_matrices_and_gives_a_number_per_row(columns):
    seen = []

    def head(a, b):
        seen.append((a.shape, b.shape))
        return (a - b).abs().sum(1, keepdim=columns)

    a, b = torch.randn(3, 1, 4), torch.randn(5, 4)
    found = OtherSimilarity(head)(a, b)
    torch.testing.assert_close(found, (a - b).abs().sum(-1))
    assert seen == [((15, 4), (15, 4))]


def test_a_head_that_gives_something_else_is_refused():
    with pytest.raises(ValueError, match="a number for each row"):
        OtherSimilarity(lambda a, b: a)(torch.randn(3, 4), torch.randn(3, 4))


def test_embeddings_without_numbers_are_handed_on():
    head = OtherSimilarity(lambda a, b: (a * b).sum(-1))
    assert head(torch.ones(2, 0), torch.ones(2, 0)).tolist() == [0, 0]


def in_place(a, b):
    a -= b
    return -(a**2).sum(1)


def in_place_of_the_second(a, b):
    b -= a
    return -b.pow_(2).sum(1)


@pytest.mark.parametrize("head", [in_place, in_place_of_the_second])
def test_heads_may_write_into_their_arguments(head):
    torch.manual_seed(0)
    encoder, graphs = GIN(FEATURES, 8, 2), [random_graph(4, k) for k in range(4)]
    own = SiameseGNN(encoder, "add", head).eval()
    other = SiameseGNN(encoder, "add", lambda a, b: -((a - b) ** 2).sum(1)).eval()
    assert torch.allclose(own(graphs[0], graphs[1]), other(graphs[0], graphs[1]))
    found = [Library.embed(model, graphs).nearest(graphs[2], 3) for model in (own, other)]
    assert found[0].similarity == pytest.approx(found[1].similarity, rel=1e-5)
    for algorithm in (Occlusion(), Saliency()):
        masks = [
            PairExplainer(model, algorithm, edge_mask_type="object")(graphs[0], graphs[1])
            for model in (own, other)
        ]
        assert torch.allclose(masks[0].query.edge_mask, masks[1].query.edge_mask, atol=1e-5)
        assert torch.allclose(masks[0].reference.edge_mask, masks[1].reference.edge_mask, atol=1e-5)


@pytest.mark.parametrize(
    "head", [torch.nn.PairwiseDistance(), torch.nn.functional.pairwise_distance]
)
def test_a_distance_is_no_similarity(head):
    with pytest.raises(ValueError, match="similarity='euclidean'"):
        OtherSimilarity(head)
