"""Invariances predicted from embeddings."""

import copy

import pytest
import torch
from consensus import consensus_of
from explain.self_learned.invariance.by_hand import importance, voices_by_hand
from graphs import FEATURES, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import NeighbourhoodOcclusion, Occlusion, SiameseGNN
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import (
    AmortisedInvariance,
    Invariance,
)
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.self_learned.invariance import Voices, amortised
from pyg_siamex.explain.self_learned.invariance.scorer import ElementScorer, Reliability

D = torch.double
BOTH = (Occlusion(), NeighbourhoodOcclusion())


def test_an_unseen_graph_is_scored_as_its_consensus_would() -> None:
    torch.manual_seed(1)
    molecules = FunctionalGroups()
    channels = molecules.features.num_node_features
    model = SiameseGNN(GCN(channels, 16, 2), "add").eval()
    learned = AmortisedInvariance.learn(model, molecules, 10, graphs=120, undirected=True)
    direct = Invariance(learned.references, model_digest=learned.model_digest)
    rho, held = [], []
    for graph in [molecules[k] for k in range(0, 2000, 100) if molecules[k].num_edges > 12]:
        found = learned.of(model, graph, undirected=True)
        truth = direct.of(model, graph, undirected=True).score["edge"]
        pair = torch.stack([found.score["edge"], truth]).argsort().argsort().float()
        rho.append(float(torch.corrcoef(pair)[0, 1]))
        upper, lower = found.order["edge"].unbind(1)
        held += (truth[upper] > truth[lower]).tolist()
    assert sum(rho) / len(rho) > 0.6
    assert len(held) > 5
    assert sum(held) / len(held) > 0.85


def test_parts_of_the_pool_are_learned_from_as_one(
    model: SiameseGNN, pool: list[Data], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"node_mask_type": "object", "edge_mask_type": "object"}
    whole = AmortisedInvariance.learn(model, pool, 3, graphs=12, **options)
    monkeypatch.setattr(amortised, "_AT_ONCE", 5)
    parts = AmortisedInvariance.learn(model, pool, 3, graphs=12, **options)
    graph = random_graph(7, 3, D)
    one, other = (found.of(model, graph, **options).masks for found in (whole, parts))
    torch.testing.assert_close(one.edge, other.edge, atol=1e-8, rtol=0)
    torch.testing.assert_close(one.node, other.node, atol=1e-8, rtol=0)


def test_in_a_pair_predictions_and_own_evidence_count_in_equal_parts(
    model: SiameseGNN, pool: list[Data]
) -> None:
    invariance = AmortisedInvariance.learn(model, pool, 3, graphs=10)
    query, reference = random_graph(6, 1, D), random_graph(7, 2, D)
    found = consensus_of(invariance, model, [query], [reference])["edge"]
    predicted = [invariance.of(model, graph).masks.edge for graph in (query, reference)]
    sides = (("query", query, reference), ("reference", reference, query))
    voices = torch.cat([voices_by_hand(model, Occlusion(), g, [o], side) for side, g, o in sides])
    expected = (torch.cat(predicted) + importance(voices).mean(1)) / 2
    torch.testing.assert_close(found.score, expected, atol=1e-9, rtol=0)
    assert torch.equal(found.direction, voices.mean(1).sign())


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 0, 2], [2, 1, 0]])
def test_elements_of_equal_score_by_chance_count_by_their_mean_prediction(
    order: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Predictions 0.8 and 0.6 and own importances 0.6 and 0.8 have the same mean."""
    predicted = torch.tensor([0.8, 0.6, 0.2], dtype=D)[order]
    own = torch.tensor([[0.6], [0.8], [0.0]], dtype=D)[order]
    line = Reliability(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0]))
    invariance = AmortisedInvariance(
        {"edge": ElementScorer(2)}, {"edge": line}, MaskKinds.of({}), torch.empty(0, 0)
    )
    monkeypatch.setattr(invariance, "_predicted", lambda pairs, name: (predicted, None))
    one, zero = torch.ones(1, 1, dtype=D), torch.zeros(1, 1, dtype=D)
    found = invariance._mixed(None, "edge", Voices(own, torch.zeros(3).long(), one, zero))
    expected = torch.tensor([0.7, 0.7, 0.1], dtype=D)[order]
    torch.testing.assert_close(found.score, expected)
    assert len(found.order) == 1
    assert float(found.order.confidence) == pytest.approx(((0.7 - 0.2) + 1) / 2)


def test_networks_that_are_not_finite_or_do_not_fit_are_refused(
    model: SiameseGNN, pool: list[Data]
) -> None:
    plain = AmortisedInvariance.learn(model, pool, 3, graphs=10).to_plain()
    broken = copy.deepcopy(plain)
    broken["scorers"]["edge"]["mean"][0] = float("nan")
    with pytest.raises(ValueError, match=r"the weights of scorers\['edge'\] must be finite"):
        Invariance.from_plain(broken)
    broken = copy.deepcopy(plain)
    del broken["scorers"]["edge"]["std"]
    with pytest.raises(ValueError, match=r"saved Invariance: only a scorer has weights 'std'$"):
        Invariance.from_plain(broken)
    broken = copy.deepcopy(plain)
    broken["reliability"]["node"] = broken["reliability"].pop("edge")
    with pytest.raises(ValueError, match="do not fit the reliability of"):
        Invariance.from_plain(broken)


def test_a_pooling_encoder_is_refused(pool: list[Data]) -> None:
    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gin = GIN(FEATURES, 8, 2).double()

        def forward(self, x, edge_index, batch, batch_size):
            h = self.gin(x, edge_index)
            return h.new_zeros(batch_size, 8).index_add(0, batch, h)

    model = SiameseGNN(Pooled(), pool=None)
    with pytest.raises(ValueError, match="the encoder pools nodes itself"):
        AmortisedInvariance.learn(model, pool, 3)


def test_a_small_pool_is_refused(model: SiameseGNN, pool: list[Data]) -> None:
    with pytest.raises(ValueError, match="the pool holds 4 graphs: 5 at least"):
        AmortisedInvariance.learn(model, pool[:4])
