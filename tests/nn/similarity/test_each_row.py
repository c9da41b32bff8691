"""Heads that compare the pairs of a batch with each other are refused wherever they score many."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN
from pyg_siamex.nn import HadamardSimilarity, Library, OtherSimilarity, Similarity
from pyg_siamex.nn.similarity import similarity_resolver
from pyg_siamex.nn.similarity.each_row import check_each_row
from pyg_siamex.nn.training import pair_auc, pair_similarities


class Centred(Similarity):
    """Takes the mean of a batch away."""

    def forward(self, a, b):
        return ((a - a.mean(0)) * b).sum(-1)


def softmax(a, b):
    return (a * b).sum(-1).softmax(0)


MIXING = {"own": Centred(), "function": OtherSimilarity(softmax)}


def graphs():
    return [random_graph(4 + k % 4, k) for k in range(12)]


def pairs():
    return PairDataset(graphs(), labels=[0, 1] * 6)


USES = {
    "nearest": lambda model: Library.embed(model, graphs()).nearest(graphs()[0], 2),
    "position": lambda model: Library.embed(model, graphs()).nearest(0, 2),
    "similarities": lambda model: pair_similarities(
        model, PairDataset(graphs(), labels=[0, 1] * 6)
    ),
    "auc": lambda model: pair_auc(model, pairs()),
    "explanation": lambda model: PairExplainer(model, Occlusion(), edge_mask_type="object")(
        *graphs()[:2]
    ),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("head", MIXING)
def test_a_head_that_mixes_rows_is_refused(head, use):
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add", MIXING[head]).eval()
    with pytest.raises(ValueError, match="another similarity in a batch than alone"):
        USES[use](model)


@pytest.mark.parametrize("name", ["cosine", "dot", "euclidean", "rbf", "bilinear", "mlp"])
@pytest.mark.parametrize("dtype", [torch.float, torch.double], ids=str)
def test_heads_of_the_package_treat_each_row(name, dtype):
    h = torch.randn(20, 6, dtype=dtype)
    check_each_row(similarity_resolver(name, channels=6).to(dtype).eval(), h)


def test_one_embedding_and_none_are_compared():
    for count in (0, 1):
        check_each_row(OtherSimilarity(softmax), torch.randn(count, 4))


@pytest.mark.parametrize("use", ["nearest", "similarities"])
def test_dropout_and_norms_in_a_head_are_in_evaluation(use):
    layers = (torch.nn.Linear(8, 8), torch.nn.BatchNorm1d(8), torch.nn.Dropout(0.5))
    head = HadamardSimilarity(torch.nn.Sequential(*layers, torch.nn.Linear(8, 1)))
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add", head).train()
    one, other = USES[use](model), USES[use](model)
    assert model.training and head.training and all(part.training for part in layers)
    torch.testing.assert_close(one, other)
