"""A user's own head in under 20 lines, with every part of the library, against independent sums."""

import inspect

import numpy as np
import pytest
import torch
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.nn import GCN

from pyg_siamex import BiLRP, IntegratedJacobians, MaskOptimization, PairExplainer, SiameseGNN
from pyg_siamex.explain import SelfLearned, overview, overview_of_pairs
from pyg_siamex.explain.relevance import all_pairs
from pyg_siamex.nn import DotSimilarity, Library, Similarity
from pyg_siamex.nn.neighbours import NeighbourIndex
from pyg_siamex.nn.similarity import ProductForm
from pyg_siamex.nn.training import loss_resolver

CHANNELS = 4


class Weighted(Similarity):
    """A weighted sum of products."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.linspace(0.5, 2, channels, dtype=torch.double))

    def forward(self, a, b):
        return torch.einsum("bd,d,bd->b", a, self.weight, b)

    def product_form(self):
        return ProductForm(metric=self.weight.detach())


class Formless(Weighted):
    """The same, and all that it says is its forward."""

    def forward(self, a, b):
        return super().forward(a, b)


class Rescaled(nn.Module):
    """Embeddings times the root of the weights: their dot product is the same similarity."""

    def __init__(self, encoder, root):
        super().__init__()
        self.encoder, self.root = encoder, root

    def forward(self, x, edge_index):
        return self.encoder(x, edge_index) * self.root


@pytest.fixture
def graphs():
    return [random_graph(4 + k % 3, k, torch.double) for k in range(6)]


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return GCN(FEATURES, 8, 2, CHANNELS, act="tanh").double()


@pytest.fixture
def model(encoder):
    return SiameseGNN(encoder, "add", Weighted(CHANNELS))


@pytest.fixture
def same(encoder):
    """The same function of two graphs with the library's dot product."""
    root = torch.linspace(0.5, 2, CHANNELS, dtype=torch.double).sqrt()
    return SiameseGNN(Rescaled(encoder, root), "add", DotSimilarity())


def test_the_head_has_fewer_than_twenty_lines():
    assert len(inspect.getsource(Weighted).splitlines()) < 20


@pytest.mark.parametrize(
    ("algorithm", "masks"),
    [
        (MaskOptimization(30), {"edge_mask_type": "object", "node_mask_type": "object"}),
        (SelfLearned("gda"), {"edge_mask_type": "object"}),
        (SelfLearned("kl"), {"node_mask_type": "attributes"}),
    ],
    ids=["mask optimisation", "descent-ascent", "KL"],
)
def test_masks_are_the_same_similaritys_masks(model, same, graphs, algorithm, masks):
    found = PairExplainer(model, algorithm, **masks).explain(graphs[:3], graphs[3:])
    expected = PairExplainer(same, algorithm, **masks).explain(graphs[:3], graphs[3:])
    for one, other in zip(found, expected, strict=True):
        assert one.prediction == pytest.approx(other.prediction)
        for side in ("query", "reference"):
            for name in ("edge_mask", "node_mask"):
                values, known = (getattr(e, side).get(name) for e in (one, other))
                assert (values is None) == (known is None)
                if values is not None:
                    torch.testing.assert_close(values, known, atol=1e-6, rtol=1e-6)


def averaged_jacobian(model, graph, steps):
    """Jacobian of the embedding by the features, averaged over the path, times the path."""

    def embed(x):
        return model.pool(model.encoder(x, graph.edge_index)).squeeze(0)

    places, weights = np.polynomial.legendre.leggauss(steps)
    total = 0
    for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
        total = total + weight * torch.autograd.functional.jacobian(embed, place * graph.x)
    return (total * graph.x).sum(-1)  # [D, n]


@pytest.mark.parametrize("head", [Weighted, Formless])
def test_integrated_jacobians_are_products_around_the_weights(encoder, graphs, head):
    model = SiameseGNN(encoder, "add", head(CHANNELS))
    explainer = PairExplainer(model, IntegratedJacobians(12), node_mask_type="object")
    found = explainer(graphs[0], graphs[1])
    left, right = (averaged_jacobian(model, graph, 12) for graph in graphs[:2])
    expected = left.T @ model.similarity.weight.detach().diag() @ right
    torch.testing.assert_close(found.relevance, expected, atol=1e-9, rtol=1e-9)
    assert found.completeness_error < 1e-6


def test_bilrp_explains_the_whole_similarity_by_products_around_the_weights(model, graphs):
    found = PairExplainer(model, BiLRP(), node_mask_type="object")(graphs[0], graphs[1])
    left, right = BiLRP().factors(model, graphs[:2])
    expected = left.T @ model.similarity.weight.detach().diag() @ right
    torch.testing.assert_close(found.relevance, expected)
    assert found.terms["explained"] == pytest.approx(found.prediction)
    torch.testing.assert_close(found.query.node_mask[:, 0], expected.sum(1))


def test_without_a_form_bilrp_refuses_and_says_what_is_missing(encoder, graphs):
    model = SiameseGNN(encoder, "add", Formless(CHANNELS))
    with pytest.raises(ValueError, match=r"head Formless: .* where it gives a product_form"):
        PairExplainer(model, BiLRP(), node_mask_type="object")(*graphs[:2])


@pytest.mark.parametrize("algorithm", [BiLRP(), IntegratedJacobians(6)])
def test_all_pairs_at_once_are_the_pairs_one_by_one(model, graphs, algorithm):
    explainer = PairExplainer(model, algorithm, node_mask_type="object")
    blocks = all_pairs(algorithm.factors(model, graphs), model.similarity)
    found = [entry for block in blocks for entry in block.matrices()]
    assert len(found) == 15
    for i, j, matrix in found:
        torch.testing.assert_close(matrix, explainer(graphs[i], graphs[j]).relevance)


def test_the_overview_is_that_of_all_pairs_one_by_one(model, graphs):
    groups = [["even" if k % 2 == 0 else "odd" for k in range(g.num_nodes)] for g in graphs]
    labels = [0, 0, 0, 1, 1, 1]
    pairs = [(i, j) for i in range(6) for j in range(i + 1, 6)]
    explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
    each = explainer.explain([graphs[i] for i, _ in pairs], [graphs[j] for _, j in pairs])
    found = overview(model, graphs, groups, labels, algorithm=BiLRP())
    expected = overview_of_pairs(each, pairs, groups, labels)
    for one, other in ((found.table, expected.table), (found.drivers, expected.drivers)):
        numbers = one.select_dtypes("number")
        np.testing.assert_allclose(numbers, other[numbers.columns], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["bce", "regression"])
def test_losses_train_the_weights(model, same, graphs, name):
    torch.manual_seed(1)
    h = torch.randn(6, CHANNELS, dtype=torch.double)
    target = (torch.arange(6)[:, None] % 2 == torch.arange(6)[None] % 2).double()
    loss = loss_resolver(name, model.similarity)(model.double(), h, target)
    expected = loss_resolver(name, same.similarity)(same.double(), h * same.encoder.root, target)
    torch.testing.assert_close(loss, expected)
    loss.backward()
    assert model.similarity.weight.grad.abs().min() > 0


def test_the_library_finds_what_comparing_with_every_entry_finds(model, graphs):
    library = Library.embed(model, graphs)
    found = library.nearest(graphs[0], k=6)
    h = model.embed(graphs[0]).detach()[0]
    scores = library.embeddings.double() @ (model.similarity.weight.detach() * h.double())
    assert found.position == scores.argsort(descending=True).tolist()
    np.testing.assert_allclose(found.similarity, scores.sort(descending=True).values, rtol=1e-5)
    with pytest.raises(ValueError, match="no metric orders entries as Weighted"):
        NeighbourIndex(model.similarity, library.embeddings, object())
