"""Leave-outs that would take days are refused before they start."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SelfLearned, SiameseGNN
from pyg_siamex.explain import GroupOcclusion, ShapleySampling
from pyg_siamex.explain.engine import affordable


@pytest.fixture
def pair():
    return random_graph(9, 1), random_graph(7, 2)


@pytest.mark.parametrize("algorithm", [Occlusion(), SelfLearned(), ShapleySampling(3)])
def test_the_bound_is_on_what_goes_through_the_encoder(algorithm, pair, monkeypatch):
    torch.manual_seed(0)
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    for graph in pair:
        del graph.edge_attr
    steps = sum(graph.num_edges * (graph.num_nodes + graph.num_edges) for graph in pair)
    steps *= 3 if isinstance(algorithm, ShapleySampling) else 1
    explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    monkeypatch.setattr(affordable, "MOST_STEPS", steps)
    explainer(*pair)
    monkeypatch.setattr(affordable, "MOST_STEPS", steps - 1)
    with pytest.raises(ValueError, match=r"leaving out \d+ elements one by one.*by gradients"):
        explainer(*pair)


def test_groups_are_left_out_within_the_same_bound(pair, monkeypatch):
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    for graph in pair:
        del graph.edge_attr
    each = GroupOcclusion(lambda graph: range(graph.num_nodes))
    explainer = PairExplainer(model, each, node_mask_type="object")
    monkeypatch.setattr(affordable, "MOST_STEPS", 1)
    with pytest.raises(ValueError, match="leaving out 9 elements one by one"):
        explainer(*pair)


@pytest.mark.parametrize("algorithm", [Occlusion(), ShapleySampling(3)])
def test_work_of_minutes_is_announced_and_short_work_is_quiet(algorithm, pair, monkeypatch, caplog):
    for graph in pair:
        del graph.edge_attr
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), algorithm, edge_mask_type="object")
    explainer(*pair)
    assert not caplog.records
    monkeypatch.setattr(affordable, "_ANNOUNCED", 0.0)
    explainer(*pair)
    assert "takes about 0 minutes" in caplog.text


@pytest.mark.parametrize(
    ("seconds", "words"), [(89.0, "1 minutes"), (1800.0, "30 minutes"), (9000.0, "2.5 hours")]
)
def test_the_announced_time_is_how_often_times_one_encoding(seconds, words, monkeypatch, caplog):
    clock = iter([0.0, 1.0])
    monkeypatch.setattr(affordable, "perf_counter", lambda: next(clock))
    affordable.announce(seconds, lambda: None)
    assert f"about {words}" in caplog.text
