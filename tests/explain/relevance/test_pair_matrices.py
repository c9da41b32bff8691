"""Pair matrices that are computed when they are read."""

import copy
import pickle

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Batch
from torch_geometric.nn import GCN, GIN

from pyg_siamex import (
    BiLRP,
    IntegratedJacobians,
    Occlusion,
    PairExplainer,
    PairExplanation,
    _memory,
)
from pyg_siamex.explain.algorithm import bilrp, integrated_jacobians
from pyg_siamex.explain.relevance import pair_relevance
from pyg_siamex.nn import Similarity
from pyg_siamex.nn.similarity import ProductForm

METHODS = [BiLRP(), IntegratedJacobians(3)]
GRAPHS = [random_graph(k, 3 + k % 5) for k in range(12)]


@pytest.fixture
def counted(monkeypatch):
    """Numbers of graphs whose whole factors are computed."""
    calls = []
    for module, name in ((bilrp, "lrp_factors"), (integrated_jacobians, "factors_at")):
        real = getattr(module, name)

        def wrapped(model, inputs, *args, real=real, **kwargs):
            calls.append(inputs.num_graphs)
            return real(model, inputs, *args, **kwargs)

        monkeypatch.setattr(module, name, wrapped)
    return calls


def explain(algorithm, model=None, **kwargs):
    model = model or siamese(GIN(5, 8, 2))
    explainer = PairExplainer(model, algorithm, **{"node_mask_type": "object", **kwargs})
    return explainer(Batch.from_data_list(GRAPHS), Batch.from_data_list(GRAPHS[::-1]))


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda a: a.name)
def test_masks_terms_and_copies_need_no_matrix(counted, algorithm):
    found = explain(algorithm)
    for explanation in found:
        assert (
            explanation.gives_pairs and "explained" not in str(explanation.terms.keys() - {1})[:0]
        )
        copy.copy(explanation), copy.deepcopy(explanation), repr(explanation)
        explanation.threshold("topk", 2), explanation.to_networkx()
        explanation.info["node"] = 1
    assert not counted


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda a: a.name)
def test_matrices_are_products_of_factors(counted, algorithm):
    model = siamese(GIN(5, 8, 2))
    found = explain(algorithm, model)
    expected = pair_relevance(
        algorithm.factors(model, GRAPHS), algorithm.factors(model, GRAPHS[::-1]), model.similarity
    )
    del counted[:]
    for explanation, matrix in zip(found, expected, strict=True):
        torch.testing.assert_close(explanation.relevance, matrix)
        assert explanation.relevance is explanation.relevance
    assert len(counted) <= 5  # 1, 2, 4 and the rest
    assert sum(counted) <= 2 * len(GRAPHS)


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda a: a.name)
def test_one_matrix_needs_two_graphs(counted, algorithm):
    found = explain(algorithm)
    assert found[7].relevance.shape == (found[7].query.num_nodes, found[7].reference.num_nodes)
    assert counted == [2]
    assert found[7].top_pairs(1) and counted == [2]


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda a: a.name)
def test_files_pickles_and_thresholded_copies_have_the_matrix(tmp_path, algorithm):
    model = siamese(GIN(5, 8, 2))
    one, two, three, four = explain(algorithm, model)[:4]
    expected = [explanation.relevance for explanation in explain(algorithm, model)[:4]]
    one.save(tmp_path / "e.pt")
    loaded = PairExplanation.load(tmp_path / "e.pt")
    assert torch.equal(loaded.relevance, one.relevance) and loaded.info.keys() == one.info.keys()
    others = (
        loaded,
        pickle.loads(pickle.dumps(two)),
        three.threshold("topk", 1),
        copy.deepcopy(four),
    )
    for found, matrix in zip(others, expected, strict=True):
        torch.testing.assert_close(found.relevance, matrix)


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda a: a.name)
def test_a_model_that_has_changed_is_refused(algorithm):
    model = siamese(GCN(5, 8, 2))
    read, unread = explain(algorithm, model)[:2]
    before = read.relevance
    with torch.no_grad():
        for parameter in model.encoder.parameters():
            parameter.mul_(1.1)
    assert read.relevance is before
    for attempt in (lambda: unread.relevance, lambda: unread.top_pairs(1)):
        with pytest.raises(ValueError, match="the model has changed"):
            attempt()
    model.train()
    assert "node_mask" in unread.query and model.training


def test_a_model_that_is_trained_on_as_it_was_is_taken():
    model = siamese(GCN(5, 8, 2))
    first, second = explain(BiLRP(), model)[:2]
    expected = first.relevance
    model.train().requires_grad_(True)
    assert second.relevance.shape == (4, 3 + 10 % 5) and model.training
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert first.relevance is expected


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda a: a.name)
@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_matrices_are_read_in_any_context(context, algorithm):
    model = siamese(GCN(5, 8, 2))
    expected, found = explain(algorithm, model)[1].relevance, explain(algorithm, model)[1]
    model.requires_grad_(True)
    with context():
        matrix = found.relevance
    torch.testing.assert_close(matrix, expected)
    assert not matrix.requires_grad


def test_weights_of_a_head_may_change_afterwards():
    class Weighted(Similarity):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.arange(1.0, 9.0))

        def forward(self, a, b):
            return (self.weight * a * b).sum(-1)

        def product_form(self):
            return ProductForm(metric=self.weight)

    model = siamese(GCN(5, 8, 2), similarity=Weighted())
    found = explain(BiLRP(), model)[0]
    with torch.no_grad():
        model.similarity.weight.mul_(2)
    torch.testing.assert_close(found.query.node_mask[:, 0], found.relevance.sum(1))
    assert not found.relevance.requires_grad


def test_graphs_may_change_after_they_were_explained():
    graphs = [graph.clone() for graph in GRAPHS[:2]]
    explainer = PairExplainer(siamese(GCN(5, 8, 2)), BiLRP(), node_mask_type="object")
    found, expected = explainer(*graphs), explainer(*graphs).relevance
    for graph in graphs:
        graph.x.mul_(3)
    torch.testing.assert_close(found.relevance, expected)


def test_masks_alone_give_no_pairs():
    found = explain(Occlusion())
    assert not any(explanation.gives_pairs for explanation in found)
    assert found[0].relevance is None


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda a: a.name)
def test_a_matrix_beyond_memory_is_refused_and_its_masks_are_kept(algorithm, monkeypatch, tmp_path):
    one = explain(algorithm)[0]
    monkeypatch.setattr(_memory, "free_memory", lambda: 10)
    sizes = f"{one.query.num_nodes} x {one.reference.num_nodes} nodes"
    with pytest.raises(ValueError, match=rf"pair matrix of {sizes} would take .* masks_alone\(\)"):
        _ = one.relevance
    with pytest.raises(ValueError, match="masks_alone"):
        one.save(tmp_path / "pair")
    masks = one.masks_alone()
    monkeypatch.undo()
    assert not masks.gives_pairs and masks.relevance is None
    assert masks.signed
    assert torch.equal(masks.query.node_mask, one.query.node_mask)
    masks.save(tmp_path / "pair")
    again = PairExplanation.load(tmp_path / "pair")
    assert torch.equal(again.query.node_mask, one.query.node_mask)
    assert one.relevance is not None
