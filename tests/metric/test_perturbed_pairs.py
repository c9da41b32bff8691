"""Similarities without elements against the model on graphs cut by hand."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.metric import insertion_deletion
from pyg_siamex.metric.perturbed_pairs import PerturbedPairs
from pyg_siamex.metric.protocol import EvaluationProtocol

D = torch.double


@pytest.fixture
def explained():
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    queries, references = ([random_graph(5 + k, k + s, D) for k in range(2)] for s in (0, 9))
    return model, explainer.explain(queries, references)


def cut(graph, keep):
    graph = graph.clone()
    graph.edge_index = graph.edge_index[:, keep]
    graph.edge_attr = graph.edge_attr[keep]
    return graph


@pytest.mark.parametrize("side", ["query", "reference", "both"])
def test_kept_edges_are_those_of_the_cut_graphs(explained, side):
    model, explanations = explained
    protocol = EvaluationProtocol(side=side)
    with untouched(model), torch.no_grad():
        pairs = PerturbedPairs(model, explanations, "edge", protocol)
        keep = torch.rand(2, len(pairs.graph), dtype=D) < 0.6
        found = pairs.similarity(keep.to(D))
        for copy in range(2):
            for pair, explanation in enumerate(explanations):
                own, at = [], pairs.pair == pair
                marks, used = keep[copy][at], 0
                for name in ("query", "reference"):
                    graph = getattr(explanation, name)
                    if side in (name, "both"):
                        part = marks[used : used + graph.num_edges]
                        used += graph.num_edges
                        graph = cut(graph, part)
                    own.append(graph)
                expected = model(*own)[0]
                assert float(found[copy, pair]) == pytest.approx(float(expected), abs=1e-9)
        assert pairs.whole.tolist() == pytest.approx([e.prediction for e in explanations])


def test_an_effect_within_the_random_changes_is_unknown(explained):
    model, explanations = explained
    with untouched(model), torch.no_grad():
        for least, known in [(0.0, True), (1e6, False)]:
            protocol = EvaluationProtocol(min_effect=least)
            pairs = PerturbedPairs(model, explanations, "edge", protocol)
            if known:
                torch.testing.assert_close(pairs.effect, pairs.whole - pairs.empty)
            else:
                assert pairs.effect.isnan().all()


def test_shares_are_of_each_pairs_own_elements(explained):
    model, explanations = explained
    with untouched(model), torch.no_grad():
        pairs = PerturbedPairs(model, explanations, "edge", EvaluationProtocol())
        chosen = torch.rand(3, len(pairs.graph)) < 0.5
        found = pairs.share(chosen)
        for pair in range(2):
            expected = chosen[:, pairs.pair == pair].double().mean(1)
            torch.testing.assert_close(found[:, pair], expected)


@pytest.mark.parametrize("side", ["query", "both"])
def test_graphs_that_lose_all_nodes_together_are_measured_as_one_by_one(monkeypatch, side):
    values = []
    for budget in (1, 10**6):
        monkeypatch.setattr("pyg_siamex.metric.perturbed_pairs.COPY_BUDGET", budget)
        torch.manual_seed(0)
        model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
        explainer = PairExplainer(model, Occlusion(), node_mask_type="object", side=side)
        queries, references = ([random_graph(4 + k, k + s, D) for k in range(2)] for s in (0, 9))
        explained = explainer.explain(queries, references)
        values.append(insertion_deletion(model, explained, steps=5, side=side).difference)
    torch.testing.assert_close(values[0], values[1], equal_nan=True)
